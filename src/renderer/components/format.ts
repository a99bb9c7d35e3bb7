import { useEffect, useState } from 'react';
import { given } from '../../shared/given.ts';

const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const fresh = new Intl.DateTimeFormat(language, options);
  cache.set(key, fresh);
  return fresh;
}

/** `09:41`, always with 24 hours: a kiosk's clock is read at a glance. */
export const clockTime = (at: number, language: string, timeZone?: string): string =>
  formatter(language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...given({ timeZone }),
  }).format(at);

/** `Saturday, 22 November`, as the language writes it. */
export const longDay = (at: number, language: string): string =>
  formatter(language, { weekday: 'long', day: 'numeric', month: 'long' }).format(at);

/** `22 Nov 2026`. */
export const shortDay = (at: number, language: string): string =>
  formatter(language, { dateStyle: 'medium' }).format(at);

export const dayAndTime = (at: number, language: string): string =>
  formatter(language, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(at);

/** 0.873 as `87%`. */
export const percent = (part: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(part);

export const count = (n: number, language: string): string => new Intl.NumberFormat(language).format(n);

/** 52 400 000 as `52.4 MB`, in the unit that fits. */
export function bytesWords(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(1000)));
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(bytes / 1000 ** step);
}

// Similarity in words. A cosine means nothing to anyone; these three words do.

/** How far above the threshold a similarity is called "very" alike: about where two pictures of one person lie. */
const VERY = 0.15;

type SimilarityLabel = 'very' | 'quite' | 'somewhat';

export function similarityLabel(similarity: number, threshold: number): SimilarityLabel {
  if (similarity >= threshold + VERY) return 'very';
  return similarity >= threshold ? 'quite' : 'somewhat';
}

// The time, on every full minute.

export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), 60_000 - (now % 60_000) + 20);
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}

// Hands a file to whoever sits at the screen, as a download.

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
