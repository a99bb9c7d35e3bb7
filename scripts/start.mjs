/**
 * `npm start`: the kiosk in the best window this machine has. Electron; else an app window of the machine's Chromium,
 * Chrome or Edge; else it serves and prints the address.
 * `npm start -- [--data DIR] [--kiosk] [--port N] [--no-window] [--offline] [--passphrase-file F | --key-file F] [--encrypt on|off|rotate]`
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { downloadElectron, electronBinary, runElectron } from './electron-binary.mjs';
import { prepare, readOptions, root, say } from './prepare.mjs';

const usage =
  'npm start -- [--data DIR] [--kiosk] [--port N] [--no-window] [--offline] [--passphrase-file F | --key-file F] [--encrypt on|off|rotate]';

/** Electron (and any window) needs a display; on macOS and Windows there always is one. */
const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY']) || Boolean(process.env['WAYLAND_DISPLAY']);

const options = readOptions(usage, {
  data: { type: 'string' },
  kiosk: { type: 'boolean', default: false },
  port: { type: 'string' },
  'no-window': { type: 'boolean', default: false },
  offline: { type: 'boolean', default: false },
  'passphrase-file': { type: 'string' },
  'key-file': { type: 'string' },
  // With the system's key store, which only Electron reaches. In the terminal: lintel encrypt.
  encrypt: { type: 'string' },
});
await prepare();

// Relative paths are meant from where the person stands, not from where npm goes.
const path = (/** @type {'data' | 'passphrase-file' | 'key-file'} */ name) => {
  const given = options[name];
  return given === undefined ? [] : [`--${name}`, resolve(process.env['INIT_CWD'] ?? process.cwd(), given)];
};
const data = [...path('data'), ...path('passphrase-file'), ...path('key-file')];
const encrypt = options.encrypt === undefined ? [] : ['--encrypt', options.encrypt];
const kiosk = options.kiosk ? ['--kiosk'] : [];
const offline = options.offline ? ['--offline'] : [];

if (!options['no-window'] && options.port === undefined) {
  if (!hasDisplay()) say('no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window: serving instead.');
  else {
    const binary = electronBinary() ?? (options.offline ? null : await downloadElectron());
    if (binary !== null) {
      say('opening the kiosk in Electron.');
      const ended = await runElectron(binary, [...data, ...kiosk, ...offline, ...encrypt]);
      if ('code' in ended) process.exit(ended.code);
      say(`Electron does not work here (${ended.why}); opening the kiosk in the browser, on the same data.`);
    }
  }
}

if (encrypt.length > 0) {
  say(
    "--encrypt uses the system's key store, which needs Electron. In the terminal: npm run --silent lintel -- encrypt",
  );
  process.exit(2);
}
const window = options['no-window'] || !hasDisplay() ? [] : ['--window'];
const port = options.port === undefined ? [] : ['--port', options.port];
process.argv.splice(2, Infinity, 'serve', ...data, ...offline, ...port, ...window, ...(window.length > 0 ? kiosk : []));
await import(pathToFileURL(join(root, 'out/main/cli.js')).href);
