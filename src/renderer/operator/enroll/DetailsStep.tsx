import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { shortDay } from '../../ui/format.ts';
import { OnScreenKeyboard } from '../../ui/OnScreenKeyboard.tsx';
import { Tick } from '../../ui/Tick.tsx';
import { detailsComplete, type Details } from './draft.ts';
import type { Enrollment } from './useEnrollment.ts';

type Typed = Exclude<keyof Details, 'consentAt'>;
const LONGEST: Readonly<Record<Typed, number>> = { name: 120, externalId: 100, group: 100 };

export function DetailsStep({ enrollment, onClose }: { enrollment: Enrollment; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { details, setDetails } = enrollment;
  const [field, setField] = useState<Typed>('name');
  const [keyboard, setKeyboard] = useState(false);
  const [openedAt] = useState(() => Date.now());
  const input = (name: Typed, more: { isRequired?: boolean; autoFocus?: boolean } = {}) => (
    <Field
      label={t(`enroll.${name}`)}
      value={details[name]}
      maxLength={LONGEST[name]}
      onChange={(value) => setDetails({ [name]: value })}
      onFocus={() => setField(name)}
      {...more}
    />
  );
  const consentDay = shortDay(details.consentAt ?? openedAt, language);
  return (
    <form
      className="enroll-details"
      onSubmit={(event) => {
        event.preventDefault();
        if (detailsComplete(details)) enrollment.goTo('capture');
      }}
    >
      <div className="enroll-fields" data-keyboard={keyboard}>
        {input('name', { isRequired: true, autoFocus: true })}
        {input('externalId')}
        {input('group')}
        <Tick
          on={details.consentAt !== null}
          onChange={(agreed) => setDetails({ consentAt: agreed ? Date.now() : null })}
          title={t('enroll.consent', { date: consentDay })}
          detail={t('enroll.consentDetail')}
        />
      </div>
      {keyboard ? (
        <OnScreenKeyboard
          value={details[field]}
          onChange={(value) => setDetails({ [field]: value.slice(0, LONGEST[field]) })}
        />
      ) : null}
      <div className="button-row enroll-actions">
        <Button kind="quiet" onPress={() => setKeyboard(!keyboard)} aria-pressed={keyboard}>
          {keyboard ? t('enroll.hideKeyboard') : t('enroll.showKeyboard')}
        </Button>
        <span className="enroll-gap" />
        <Button onPress={onClose}>{t('ui.cancel')}</Button>
        <Button kind="primary" type="submit" isDisabled={!detailsComplete(details)}>
          {t('ui.next')}
        </Button>
      </div>
    </form>
  );
}
