import { test } from '../support/browser.ts';
import { photographAtKiosk } from '../support/photograph-at-kiosk.ts';

test("a photograph is asked for a sign of life and never checked in, with MediaPipe's landmarker", ({
  folder,
  data,
  openBrowser,
}) => photographAtKiosk('with', folder, data, openBrowser));
