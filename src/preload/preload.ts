/**
 * `window.lintel`: the calls and events of `KioskApi`, one by one, and nothing else. There is no generic `invoke`: a page
 * that was taken over could say only what is listed here, and main checks each of these again. (Types only are imported:
 * the validating code stays in main.)
 */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { CallInput, CallName, CallOutput, EventName } from '../shared/calls.ts';
import type { LintelBridge, Reply } from '../shared/wire.ts';

const call =
  <N extends CallName>(name: N) =>
  (input?: CallInput<N>): Promise<Reply<CallOutput<N>>> =>
    ipcRenderer.invoke(`lintel:${name}`, input) as Promise<Reply<CallOutput<N>>>;

const eventChannels: Readonly<Record<EventName, string>> = {
  view: 'lintel:event:view',
  checkedIn: 'lintel:event:checkedIn',
  status: 'lintel:event:status',
  session: 'lintel:event:session',
  dataState: 'lintel:event:dataState',
};

const bridge: LintelBridge = {
  getStatus: call('getStatus'),
  getRecentCheckIns: call('getRecentCheckIns'),
  submitFrame: call('submitFrame'),
  resetCheckIn: call('resetCheckIn'),
  getSession: call('getSession'),
  createPin: call('createPin'),
  unlock: call('unlock'),
  lock: call('lock'),
  changePin: call('changePin'),
  listPeople: call('listPeople'),
  getPerson: call('getPerson'),
  removePerson: call('removePerson'),
  startEnrollment: call('startEnrollment'),
  captureSample: call('captureSample'),
  addSamplePicture: call('addSamplePicture'),
  discardSample: call('discardSample'),
  findLookAlikes: call('findLookAlikes'),
  saveEnrollment: call('saveEnrollment'),
  cancelEnrollment: call('cancelEnrollment'),
  updateSettings: call('updateSettings'),
  getLog: call('getLog'),
  identifyPicture: call('identifyPicture'),
  chooseDirection: call('chooseDirection'),
  editPerson: call('editPerson'),
  removeSample: call('removeSample'),
  revokeConsent: call('revokeConsent'),
  findDuplicates: call('findDuplicates'),
  mergePeople: call('mergePeople'),
  markDifferent: call('markDifferent'),
  planImport: call('planImport'),
  importPeople: call('importPeople'),
  exportPeople: call('exportPeople'),
  getAttendance: call('getAttendance'),
  addCorrection: call('addCorrection'),
  exportAttendance: call('exportAttendance'),
  checkInFromPicture: call('checkInFromPicture'),
  annotatePicture: call('annotatePicture'),
  verifyFaces: call('verifyFaces'),
  startEvaluation: call('startEvaluation'),
  addEvaluationPicture: call('addEvaluationPicture'),
  runEvaluation: call('runEvaluation'),
  applyCalibration: call('applyCalibration'),
  getDataState: call('getDataState'),
  openData: call('openData'),
  getTrust: call('getTrust'),
  changeEncryption: call('changeEncryption'),
  listAudit: call('listAudit'),
  verifyAudit: call('verifyAudit'),
  planBackups: call('planBackups'),
  backUpNow: call('backUpNow'),
  previewRestore: call('previewRestore'),
  restoreBackup: call('restoreBackup'),
  confirmClock: call('confirmClock'),
  restartVision: call('restartVision'),
  dismissNotices: call('dismissNotices'),
  leaveKiosk: call('leaveKiosk'),
  on(event, listener) {
    const channel = Object.hasOwn(eventChannels, event) ? eventChannels[event] : undefined;
    if (channel === undefined) throw new TypeError('There is no such event.');
    // The page gets the payload only: the Electron event would hand it ipcRenderer by its `sender`.
    const receive = (_event: IpcRendererEvent, payload: Parameters<typeof listener>[0]): void => listener(payload);
    ipcRenderer.on(channel, receive);
    return () => void ipcRenderer.removeListener(channel, receive);
  },
};

contextBridge.exposeInMainWorld('lintel', bridge);
