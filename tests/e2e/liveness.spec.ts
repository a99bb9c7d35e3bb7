import { test } from '../support/browser.ts';
import { photographAtKiosk } from '../support/photograph-at-kiosk.ts';

test('a photograph is asked to turn its head and never checked in', ({ folder, data, openBrowser }) =>
  photographAtKiosk('without', folder, data, openBrowser));
