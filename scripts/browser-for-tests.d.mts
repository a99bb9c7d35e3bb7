export type Installer = 'playwright' | 'apt';
export function installersFor(machine: {
  platform: string;
  uid: number | undefined;
  osRelease: string;
  hasApt: boolean;
}): Installer[];
export function obtainBrowser(world: {
  find: () => Promise<string | null>;
  installers: readonly Installer[];
  install: (name: Installer) => void;
  say: (text: string) => void;
}): Promise<string | null>;
export function browserForTests(): Promise<string | null>;
