export function bundleInto(root: string, entry: string, outDir: string, name: string): Promise<void>;
