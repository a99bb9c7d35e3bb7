export const WANTED: readonly { readonly fuse: string; readonly on: boolean }[];
export function readFuses(binary: Buffer): Record<string, 'on' | 'off' | 'removed' | 'unknown'>[];
export function setFuses(binary: Buffer): Buffer;
export function fuseFile(path: string): string;
export function packageFuses(path: string): void;
