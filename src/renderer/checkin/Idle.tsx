import { Clock } from './Clock.tsx';
import { Recent } from './Recent.tsx';
import type { Words } from './wording.ts';

export function Idle({ words, language }: { words: Words; language: string }) {
  return (
    <div className="idle">
      <Clock language={language} />
      <h1 className="idle-title">{words.title}</h1>
      <Recent language={language} />
    </div>
  );
}
