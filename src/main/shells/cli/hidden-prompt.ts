/** Asks for a line without showing what is typed. */
import { StringDecoder } from 'node:string_decoder';

/** The part of a terminal's stdin that is needed. */
export interface HiddenInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

/** @returns what was typed; null when there is nobody to type (no terminal), or they pressed Ctrl+C, Ctrl+D or Escape */
export function askHidden(input: HiddenInput, output: NodeJS.WritableStream, question: string): Promise<string | null> {
  if (input.isTTY !== true || input.setRawMode === undefined) return Promise.resolve(null);
  output.write(question);
  input.setRawMode(true);
  input.resume();
  const decoder = new StringDecoder('utf8');
  let typed: string[] = [];
  return new Promise((resolve) => {
    const end = (answer: string | null): void => {
      input.off('data', listen);
      input.off('end', gone);
      input.setRawMode?.(false);
      input.pause();
      output.write('\n');
      resolve(answer);
    };
    const gone = (): void => end(null);
    const listen = (bytes: Buffer): void => {
      for (const key of decoder.write(bytes)) {
        if (key === '\r' || key === '\n') return end(typed.join(''));
        if (key === '\u0003' || key === '\u0004' || key === '\u001b') return end(null);
        if (key === '\u0015') typed = [];
        else if (key === '\u007f' || key === '\b') typed.pop();
        else if (key >= ' ') typed.push(key);
      }
    };
    input.on('data', listen);
    input.on('end', gone);
  });
}
