import { test } from '../support/browser.ts';
import { photographAtDoor } from '../support/photograph-at-kiosk.ts';

test("a photograph is asked for a sign of life and never checked in, with MediaPipe's landmarker", ({
  folder,
  data,
  openBrowser,
}) => photographAtDoor('with', folder, data, openBrowser));
