/** The one camera of the page, for every screen that shows it. */
import { create } from 'zustand';
import { CameraKeeper, type CameraNews, type CameraWish } from '../camera/keeper.ts';

export const useCamera = create<CameraNews>(() => ({ stream: null, problem: null, devices: [] }));

const keeper = new CameraKeeper(navigator.mediaDevices as MediaDevices | undefined, (news) => useCamera.setState(news));

export const startCamera = (wish: CameraWish): void => keeper.start(wish);
