/** Downloads from a server of our own on this machine, which cuts, lies and forgets on demand. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { downloadModel } from '../../src/main/models/download.ts';

const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');

let dir: string;
let server: Server;
let url: string;
let ranges: (string | undefined)[];
let serve: (request: IncomingMessage, response: ServerResponse, from: number) => void;

/** A well-behaved server. */
const properly = (_request: IncomingMessage, response: ServerResponse, from: number): void => {
  if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
  response.end(content.subarray(from));
};
/** Sends up to `until`, and hangs up when that has come. */
const cutAt =
  (until: number) =>
  (_request: IncomingMessage, response: ServerResponse, from: number): void => {
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
    });
    response.write(content.subarray(from, until));
    void vi.waitFor(() => expect(statSync(part()).size).toBe(until)).finally(() => response.destroy());
  };

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lintel-download-'));
  ranges = [];
  serve = properly;
  server = createServer((request, response) => {
    const range = request.headers.range;
    ranges.push(range);
    serve(request, response, range === undefined ? 0 : Number(/^bytes=(\d+)-$/.exec(range)![1]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

const entry = (more: object = {}) => ({
  id: 'm',
  file: 'm.onnx',
  bytes: content.length,
  sha256,
  download: { url },
  ...more,
});
const path = (): string => join(dir, 'm.onnx');
const part = (): string => join(dir, 'm.onnx.part');

describe('downloadModel', () => {
  it('gets the file, reports progress, leaves nothing else behind', async () => {
    const seen: number[] = [];
    expect(await downloadModel(entry(), dir, { onProgress: (have) => seen.push(have) })).toBe(path());
    expect(readFileSync(path()).equals(content)).toBe(true);
    expect(existsSync(part())).toBe(false);
    expect(seen.at(-1)).toBe(content.length);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  it('goes on where it was cut, twice', async () => {
    serve = cutAt(100_000);
    await expect(downloadModel(entry(), dir)).rejects.toMatchObject({ code: 'model-missing' });
    expect(existsSync(path())).toBe(false);
    expect(readFileSync(part())).toHaveLength(100_000);
    serve = cutAt(220_000);
    await expect(downloadModel(entry(), dir)).rejects.toMatchObject({ code: 'model-missing' });
    serve = properly;
    await downloadModel(entry(), dir);
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=220000-']);
    expect(readFileSync(path()).equals(content)).toBe(true);
  });

  it('begins again with a server that knows no ranges', async () => {
    writeFileSync(part(), content.subarray(0, 1000));
    serve = (_request, response) => response.end(content);
    await downloadModel(entry(), dir);
    expect(ranges).toEqual(['bytes=1000-']);
    expect(readFileSync(path()).equals(content)).toBe(true);
  });

  it('refuses other bytes of the right length, and starts afresh next time', async () => {
    serve = (_request, response) => response.end(randomBytes(content.length));
    await expect(downloadModel(entry(), dir)).rejects.toMatchObject({ code: 'model-damaged' });
    expect(existsSync(path())).toBe(false);
    expect(existsSync(part())).toBe(false);
    serve = properly;
    await downloadModel(entry(), dir);
    expect(ranges).toEqual([undefined, undefined]);
  });

  it('refuses to resume from a wrong beginning', async () => {
    writeFileSync(part(), randomBytes(1000));
    await expect(downloadModel(entry(), dir)).rejects.toMatchObject({ code: 'model-damaged' });
    await downloadModel(entry(), dir);
    expect(readFileSync(path()).equals(content)).toBe(true);
  });

  it('refuses more bytes than there should be', async () => {
    serve = (_request, response) => response.end(Buffer.concat([content, content]));
    await expect(downloadModel(entry(), dir)).rejects.toMatchObject({ code: 'model-damaged' });
    expect(existsSync(path())).toBe(false);
  });

  it('never replaces another file', async () => {
    writeFileSync(path(), 'something else');
    await expect(downloadModel(entry(), dir)).rejects.toMatchObject({ code: 'model-damaged' });
    expect(readFileSync(path(), 'utf8')).toBe('something else');
    expect(ranges).toEqual([]);
  });

  it('does not replace a file that appeared while it was loading', async () => {
    serve = (request, response, from) => {
      writeFileSync(path(), 'came in between');
      properly(request, response, from);
    };
    await expect(downloadModel(entry(), dir)).rejects.toMatchObject({ code: 'model-damaged' });
    expect(readFileSync(path(), 'utf8')).toBe('came in between');
  });

  it('is done at once when the file is there', async () => {
    writeFileSync(path(), content);
    expect(await downloadModel(entry(), dir)).toBe(path());
    expect(ranges).toEqual([]);
  });

  it('gives up on a server that falls silent, and keeps what came', async () => {
    serve = (_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 50_000));
    };
    await expect(downloadModel(entry(), dir, { silenceMs: 200 })).rejects.toMatchObject({ code: 'model-missing' });
    expect(readFileSync(part())).toHaveLength(50_000);
  });

  it('can be called off', async () => {
    const control = new AbortController();
    serve = (_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 50_000));
    };
    const onProgress = (have: number): void => (have === 50_000 ? control.abort() : undefined);
    await expect(downloadModel(entry(), dir, { signal: control.signal, onProgress })).rejects.toMatchObject({
      code: 'model-missing',
    });
  });

  it.each([
    ['an error of the server', 500],
    ['a file that is gone', 404],
  ])('says so at %s', async (_what, status) => {
    serve = (_request, response) => {
      response.writeHead(status);
      response.end('no');
    };
    await expect(downloadModel(entry(), dir)).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining(String(status)) as string,
    });
    expect(existsSync(path())).toBe(false);
  });

  it('says so when there is no address, or nobody answers', async () => {
    await expect(downloadModel(entry({ download: undefined }), dir)).rejects.toMatchObject({ code: 'model-missing' });
    await new Promise((resolve) => server.close(resolve));
    await expect(downloadModel(entry(), dir)).rejects.toMatchObject({ code: 'model-missing' });
  });
});
