export const root: string;
export function say(text: string): void;
export function nodeIsNewEnough(have: string, need: string): boolean;
export function installIsCurrent(folder?: string): boolean;
export function sourceHash(folder?: string): string;
export function buildIsCurrent(folder?: string): boolean;
export function lookOf(folder?: string): string;
export function prepare(): Promise<void>;
