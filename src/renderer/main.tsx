import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import './ui/tokens.css';
import './ui/base.css';
import './ui/controls.css';
import { App } from './App.tsx';
import { followSounds } from './checkin/sounds.ts';
import { openLanguage } from './i18n.ts';
import { openKiosk } from './state/kiosk.ts';
import { followSession } from './state/operator.ts';

await openLanguage();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(<App />);
followSounds();
followSession(await openKiosk());
