/** The enrolled people a face is most like; one of them can be chosen. */
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { alikeness } from '../../ui/alikeness.ts';
import { Portrait } from '../../ui/Portrait.tsx';
import type { PhotoFace } from './tags.ts';

export function CandidateList({
  candidates,
  threshold,
  chosen,
  onChoose,
}: {
  candidates: PhotoFace['candidates'];
  threshold: number | null;
  chosen: string | null;
  onChoose: (who: { id: string; name: string }) => void;
}) {
  const { t } = useTranslation();
  return (
    <RadioGroup
      className="candidates"
      value={candidates.some((one) => one.id === chosen) ? chosen : null}
      onChange={(id) => {
        const who = candidates.find((one) => one.id === id);
        if (who !== undefined) onChoose(who);
      }}
    >
      <Label className="field-label">{t('photos.candidates')}</Label>
      {candidates.map((one) => (
        <Radio key={one.id} value={one.id} className="candidate">
          <Portrait picture={one.picture} name={one.name} size="small" />
          <span className="row-main">
            <strong>{one.name}</strong>
            <span className="choice-detail">
              {threshold === null ? '' : t(`photos.alike.${alikeness(one.similarity, threshold)}`)}
            </span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
