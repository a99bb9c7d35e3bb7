/** What each area of the desk looks like; `state/operator.ts` has the list. */
import type { ComponentType } from 'react';
import type { Area } from '../state/operator.ts';
import type { IconName } from '../ui/Icon.tsx';
import { AttendanceScreen } from './attendance/AttendanceScreen.tsx';
import { EvaluationScreen } from './evaluation/EvaluationScreen.tsx';
import { HealthScreen } from './health/HealthScreen.tsx';
import { HomeScreen } from './HomeScreen.tsx';
import { PeopleScreen } from './people/PeopleScreen.tsx';
import { PhotosScreen } from './photos/PhotosScreen.tsx';
import { SafetyScreen } from './safety/SafetyScreen.tsx';
import { SettingsScreen } from './settings/SettingsScreen.tsx';

export const AREA_LOOKS: Readonly<Record<Area, { readonly icon: IconName; readonly Screen: ComponentType }>> = {
  home: { icon: 'home', Screen: HomeScreen },
  people: { icon: 'people', Screen: PeopleScreen },
  attendance: { icon: 'calendar', Screen: AttendanceScreen },
  photos: { icon: 'photo', Screen: PhotosScreen },
  evaluation: { icon: 'gauge', Screen: EvaluationScreen },
  settings: { icon: 'settings', Screen: SettingsScreen },
  safety: { icon: 'shield', Screen: SafetyScreen },
  health: { icon: 'health', Screen: HealthScreen },
};
