/** A person's photo, or their initials where there is none. The name is always beside it, so it needs no text of its own. */

/** First letters of the first and last word: "Nguyễn Thị Hoa" is NH. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/\s+/u)
    .filter((w) => w !== '');
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

export function Portrait({
  picture,
  name,
  size,
}: {
  picture: string | null;
  name: string;
  size: 'small' | 'medium' | 'large';
}) {
  return (
    <span className={`portrait portrait-${size}`} aria-hidden="true">
      {picture === null ? initialsOf(name) : <img src={picture} alt="" draggable={false} />}
    </span>
  );
}
