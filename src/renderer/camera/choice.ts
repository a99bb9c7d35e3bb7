/**
 * Which camera was chosen, in a form that lasts. A browser's device ids change with the page's origin, and the browser
 * shell's port may differ at every start, so a camera is remembered by its label and its place among cameras of that label.
 */

export interface CameraDevice {
  readonly deviceId: string;
  readonly label: string;
}

const PREFIX = 'label:';

/** What to remember for `device`, one of `devices`. Without a label (no permission yet) it is the device id itself. */
export function choiceOf(device: CameraDevice, devices: readonly CameraDevice[]): string {
  if (device.label === '') return device.deviceId;
  const place = devices.filter((d) => d.label === device.label).findIndex((d) => d.deviceId === device.deviceId);
  return place > 0 ? `${PREFIX}${place}:${device.label}` : `${PREFIX}0:${device.label}`;
}

/** The device a remembered choice means, or null when it is not plugged in (or nothing was chosen). */
export function deviceOf(choice: string | null, devices: readonly CameraDevice[]): CameraDevice | null {
  if (choice === null) return null;
  if (!choice.startsWith(PREFIX)) return devices.find((d) => d.deviceId === choice) ?? null;
  const parts = /^label:(\d+):(.*)$/s.exec(choice);
  if (parts === null) return null;
  return devices.filter((d) => d.label === parts[2])[Number(parts[1])] ?? null;
}
