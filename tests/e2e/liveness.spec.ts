import { test } from '../support/browser.ts';
import { photographAtDoor } from '../support/photograph-at-kiosk.ts';

test('a photograph is asked to turn its head and never checked in', ({ folder, data, openBrowser }) =>
  photographAtDoor('without', folder, data, openBrowser));
