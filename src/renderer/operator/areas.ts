/** What each area of the desk looks like; `state/operator.ts` has the list. */
import type { ComponentType } from 'react';
import type { Area } from '../state/operator.ts';
import type { IconName } from '../ui/Icon.tsx';
import { HealthScreen } from './health/HealthScreen.tsx';
import { HomeScreen } from './HomeScreen.tsx';
import { LogScreen } from './log/LogScreen.tsx';
import { PeopleScreen } from './people/PeopleScreen.tsx';
import { PhotosScreen } from './photos/PhotosScreen.tsx';
import { SettingsScreen } from './settings/SettingsScreen.tsx';

export const AREA_LOOKS: Readonly<Record<Area, { readonly icon: IconName; readonly Screen: ComponentType }>> = {
  home: { icon: 'home', Screen: HomeScreen },
  people: { icon: 'people', Screen: PeopleScreen },
  photos: { icon: 'photo', Screen: PhotosScreen },
  log: { icon: 'log', Screen: LogScreen },
  settings: { icon: 'settings', Screen: SettingsScreen },
  health: { icon: 'health', Screen: HealthScreen },
};
