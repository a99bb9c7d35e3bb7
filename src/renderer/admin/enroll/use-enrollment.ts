import { useCallback, useEffect, useRef, useState } from 'react';
import type { CaptureReply, LookAlike } from '../../../shared/calls.ts';
import {
  CAPTURE_POSES,
  type CapturePose,
  type FrameMessage,
  type Person,
  type Sample,
} from '../../../shared/domain.ts';
import { LintelError } from '../../../shared/errors.ts';
import { kiosk } from '../../state/kiosk.ts';
import { markUnsaved, NEW_PERSON, type Subject, useOperator } from '../../state/operator.ts';

/** What has been typed and captured so far, as pure data: the dialog shows it, `useEnrollment` changes it. */
export interface Details {
  readonly name: string;
  readonly externalId: string;
  readonly group: string;
  /** When the consent was ticked, Unix ms; null: not ticked. */
  readonly consentAt: number | null;
}

const NO_DETAILS: Details = { name: '', externalId: '', group: '', consentAt: null };

interface Captured {
  /** In the order they came. */
  readonly samples: readonly Sample[];
  readonly skipped: readonly CapturePose[];
}

export const NOTHING_CAPTURED: Captured = { samples: [], skipped: [] };

/** Nothing captured, and only the poses asked for that this subject needs. */
function beginningOf({ replace, pictures }: Subject): Captured {
  if (pictures.length > 0) return { samples: [], skipped: CAPTURE_POSES };
  if (replace === null) return NOTHING_CAPTURED;
  const wanted = replace.pose ?? 'straight';
  return { samples: [], skipped: CAPTURE_POSES.filter((pose) => pose !== wanted) };
}

export const sampleOf = (captured: Captured, pose: CapturePose): Sample | undefined =>
  captured.samples.find((s) => s.source === 'camera' && s.pose === pose);

/** The pose to ask for now: the first that is neither captured nor skipped; null when all are dealt with. */
export function nextPose(captured: Captured): CapturePose | null {
  const open = (pose: CapturePose): boolean =>
    sampleOf(captured, pose) === undefined && !captured.skipped.includes(pose);
  return CAPTURE_POSES.find(open) ?? null;
}

export const withSample = (captured: Captured, sample: Sample): Captured => ({
  samples: [...captured.samples.filter((s) => s.id !== sample.id), sample],
  skipped: captured.skipped.filter((pose) => pose !== sample.pose),
});

export const withoutSample = (captured: Captured, id: string): Captured => ({
  ...captured,
  samples: captured.samples.filter((s) => s.id !== id),
});

export const withSkipped = (captured: Captured, pose: CapturePose): Captured => ({
  ...captured,
  skipped: [...captured.skipped.filter((p) => p !== pose), pose],
});

/** A skipped pose is asked for again. */
const withPoseAgain = (captured: Captured, pose: CapturePose): Captured => ({
  ...captured,
  skipped: captured.skipped.filter((p) => p !== pose),
});

export const detailsComplete = (details: Details): boolean => details.name.trim() !== '' && details.consentAt !== null;

// One enrollment, from the first keystroke to "saved". Whatever fails, what was typed and captured stays.

export type Step = 'details' | 'capture' | 'review' | 'done';

/** Why a file was not taken, by the file's name. */
export interface RefusedFile {
  readonly fileName: string;
  readonly problem: CaptureReply['problems'][number] | null;
  readonly error: unknown;
}

interface TurnedFile {
  readonly fileName: string;
  readonly turned: CaptureReply['turned'];
}

export interface Enrollment {
  readonly subject: Subject;
  readonly step: Step;
  readonly details: Details;
  readonly captured: Captured;
  readonly refused: readonly RefusedFile[];
  /** Samples that look like somebody else than the others, or than the person's own; all: it is not clear which are right. */
  readonly misfits: readonly string[];
  /** Those of which the operator says that they show the person all the same. */
  readonly samePerson: readonly string[];
  /** Files that were taken after they had been turned upright, and by how much. */
  readonly turned: readonly TurnedFile[];
  /** null while they are being looked for. */
  readonly lookAlikes: readonly LookAlike[] | null;
  readonly saved: Person | null;
  readonly busy: boolean;
  readonly error: unknown;
  /** The session or the connection ended before the samples were saved: they must be taken again. */
  readonly draftLost: boolean;
  goTo(step: Step): void;
  setDetails(change: Partial<Details>): void;
  capture(pose: CapturePose, frame: FrameMessage): Promise<CaptureReply>;
  addFiles(files: readonly File[]): Promise<void>;
  discard(sampleId: string): Promise<void>;
  skip(pose: CapturePose): void;
  askAgain(pose: CapturePose): void;
  vouchFor(sampleId: string, isSamePerson: boolean): Promise<void>;
  findLookAlikes(): Promise<void>;
  saveNew(evenIfLooksAlike: boolean): Promise<void>;
  /** @param whole the operator says that every picture shows them */
  addTo(personId: string, whole: boolean): Promise<void>;
  /** Everything from the start, for the next person. */
  another(): void;
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

export function useEnrollment(start: Subject): Enrollment {
  const draft = useRef<Promise<string> | null>(null);
  // "Enroll another" begins with somebody new, whoever this one was.
  const [subject, setSubject] = useState(start);
  const [beginning, setBeginning] = useState(() => beginningOf(start));
  const [step, setStep] = useState<Step>(start.person === null ? 'details' : 'capture');
  const [details, setDetailsWhole] = useState<Details>(NO_DETAILS);
  const [captured, setCaptured] = useState<Captured>(beginning);
  const [refused, setRefused] = useState<readonly RefusedFile[]>([]);
  const [misfits, setMisfits] = useState<readonly string[]>([]);
  const [samePerson, setSamePerson] = useState<readonly string[]>([]);
  const [turnedFiles, setTurnedFiles] = useState<readonly TurnedFile[]>([]);
  const [lookAlikes, setLookAlikes] = useState<readonly LookAlike[] | null>(null);
  const [saved, setSaved] = useState<Person | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [draftLost, setDraftLost] = useState(false);

  /** The draft in the kiosk, begun when it is first needed. */
  const enrollmentId = useCallback((): Promise<string> => {
    draft.current ??= kiosk()
      .startEnrollment()
      .then((d) => d.enrollmentId)
      .catch((problem: unknown) => {
        draft.current = null;
        throw problem;
      });
    return draft.current;
  }, []);

  /** The kiosk forgets a draft with the session or the socket it belonged to; what was typed is here and stays. */
  const loseDraft = useCallback((): void => {
    if (draft.current === null) return;
    draft.current = null;
    setDraftLost(true);
    setCaptured(beginning);
    setStep((s) => (s === 'review' ? 'capture' : s));
  }, [beginning]);
  const noteProblem = useCallback(
    (problem: unknown): void => {
      const code = problem instanceof LintelError ? problem.code : 'internal';
      if (code === 'not-found' || code === 'connection-lost') loseDraft();
      else setError(problem);
    },
    [loseDraft],
  );
  useEffect(
    () =>
      useOperator.subscribe((now, before) => {
        if (before.session.unlocked && !now.session.unlocked) loseDraft();
      }),
    [loseDraft],
  );

  const forget = useCallback((): void => {
    const old = draft.current;
    draft.current = null;
    old?.then((id) => kiosk().cancelEnrollment({ enrollmentId: id })).catch(() => undefined);
  }, []);
  useEffect(
    () => () => {
      forget();
      markUnsaved(false);
    },
    [forget],
  );

  const unsaved = step !== 'done' && (details !== NO_DETAILS || captured !== beginning);
  useEffect(() => markUnsaved(unsaved), [unsaved]);

  const capture = useCallback(
    async (pose: CapturePose, frame: FrameMessage): Promise<CaptureReply> => {
      try {
        const reply = await kiosk().captureSample({ enrollmentId: await enrollmentId(), pose, frame });
        const { sample } = reply;
        if (sample !== null) setCaptured((c) => withSample(c, sample));
        setError(null);
        if (sample !== null) setDraftLost(false);
        return reply;
      } catch (problem) {
        noteProblem(problem);
        throw problem;
      }
    },
    [enrollmentId, noteProblem],
  );

  const during = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (problem) {
      noteProblem(problem);
    } finally {
      setBusy(false);
    }
  };

  const addFile = async (file: File): Promise<void> => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const fileName = file.name.slice(0, 300);
    const refuse = (problem: RefusedFile['problem'], why: unknown): void =>
      setRefused((r) => [...r, { fileName, problem, error: why }]);
    try {
      const { sample, problems, turned } = await kiosk().addSamplePicture({
        enrollmentId: await enrollmentId(),
        fileName,
        bytes,
      });
      if (sample === null) refuse(problems[0] ?? null, null);
      else setCaptured((c) => withSample(c, sample));
      if (sample !== null && turned !== 0) setTurnedFiles((all) => [...all, { fileName, turned }]);
    } catch (problem) {
      // A bad file is that file's trouble; anything else ends the whole lot.
      const code = problem instanceof LintelError ? problem.code : 'internal';
      const isFiles = /^(picture-|not-a-picture$|no-face$|poor-quality$|enrollment-full$|bad-input$)/.test(code);
      if (!isFiles) throw problem;
      refuse(null, problem);
    }
  };

  const save = (target: Parameters<ReturnType<typeof kiosk>['saveEnrollment']>[0]['target']): Promise<void> =>
    during(async () => {
      const person = await kiosk().saveEnrollment({ enrollmentId: await enrollmentId(), target });
      draft.current = null;
      setSaved(person);
      setStep('done');
    });

  const { samples } = captured;
  const compare = async (leaveOut: readonly string[]): Promise<void> => {
    setLookAlikes(null);
    // When none of them fits, all of them are what there is to compare.
    const left = leaveOut.length < samples.length ? [...leaveOut] : [];
    setLookAlikes(await kiosk().findLookAlikes({ enrollmentId: await enrollmentId(), leaveOut: left }));
  };
  const findLookAlikes = (): Promise<void> => during(() => compare(misfits));

  // Which pictures do not belong is asked anew whenever there is another one, or the operator says something about one.
  const personId = subject.person?.id ?? null;
  const replaced = subject.replace?.id;
  const check = useCallback(
    async (trusted: readonly string[]): Promise<readonly string[]> => {
      const replace = replaced === undefined ? [] : [replaced];
      const enrollment = await enrollmentId();
      const than = { personId, replace, samePerson: [...trusted] };
      return (await kiosk().checkSamples({ enrollmentId: enrollment, ...than })).misfits;
    },
    [enrollmentId, personId, replaced],
  );
  useEffect(() => {
    if (draft.current === null || samples.length === 0) {
      setMisfits([]);
      return;
    }
    let isCurrent = true;
    check(samePerson).then((found) => {
      if (isCurrent) setMisfits(found);
    }, noteProblem);
    return () => {
      isCurrent = false;
    };
  }, [samples, samePerson, check, noteProblem]);

  const addFiles = (files: readonly File[]): Promise<void> =>
    during(async () => {
      setRefused([]);
      setTurnedFiles([]);
      // One after the other: the kiosk looks at one picture at a time anyway, and the grid fills as they come.
      for (const file of files) await addFile(file);
    });

  // The pictures it begins with, once.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    if (start.pictures.length > 0) enrollmentId().then(() => addFiles(start.pictures), noteProblem);
  });

  return {
    subject,
    step,
    details,
    captured,
    refused,
    misfits,
    samePerson,
    turned: turnedFiles,
    lookAlikes,
    saved,
    busy,
    error,
    draftLost,
    goTo: (to) => {
      setStep(to);
      setError(null);
      if (to === 'review') void findLookAlikes();
    },
    setDetails: (change) => setDetailsWhole((d) => ({ ...d, ...change })),
    capture,
    addFiles,
    discard: (sampleId) =>
      during(async () => {
        await kiosk().discardSample({ enrollmentId: await enrollmentId(), sampleId });
        setCaptured((c) => withoutSample(c, sampleId));
      }),
    skip: (pose) => setCaptured((c) => withSkipped(c, pose)),
    askAgain: (pose) => setCaptured((c) => withPoseAgain(c, pose)),
    vouchFor: (sampleId, isSamePerson) =>
      during(async () => {
        const others = samePerson.filter((one) => one !== sampleId);
        const trusted = isSamePerson ? [...others, sampleId] : others;
        setSamePerson(trusted);
        const found = await check(trusted);
        setMisfits(found);
        await compare(found);
      }),
    findLookAlikes,
    saveNew: (evenIfLooksAlike) =>
      details.consentAt === null
        ? Promise.resolve()
        : save({
            kind: 'new',
            name: details.name.trim(),
            externalId: orNull(details.externalId),
            group: orNull(details.group),
            consentAt: details.consentAt,
            evenIfLooksAlike,
            leaveOut: [...misfits],
            samePerson: [...samePerson],
          }),
    addTo: (target, whole) =>
      save({
        kind: 'existing',
        personId: target,
        replace: subject.replace !== null && target === subject.person?.id ? [subject.replace.id] : [],
        leaveOut: whole ? [] : [...misfits],
        samePerson: whole ? samples.map(({ id }) => id) : [...samePerson],
      }),
    another: () => {
      forget();
      setSubject(NEW_PERSON);
      setBeginning(beginningOf(NEW_PERSON));
      setStep('details');
      setDetailsWhole(NO_DETAILS);
      setCaptured(beginningOf(NEW_PERSON));
      setRefused([]);
      setSamePerson([]);
      setTurnedFiles([]);
      setLookAlikes(null);
      setSaved(null);
      setError(null);
      setDraftLost(false);
    },
  };
}
