/** Hands a file to whoever sits at the screen, as a download. */

export function download(name: string, parts: BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken its own hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
