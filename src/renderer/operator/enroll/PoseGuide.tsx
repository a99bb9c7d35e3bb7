/** The oval to fill and an arrow to follow. Left is the person's own left, which in a mirror is also the screen's. */
import type { CapturePose } from '../../../shared/domain.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';

const ARROWS = {
  straight: 'straight',
  left: 'back',
  right: 'forward',
  up: 'up',
  down: 'down',
} as const satisfies Record<CapturePose, IconName>;

export function PoseGuide({ pose }: { pose: CapturePose | null }) {
  return (
    <div className="pose-guide" aria-hidden="true">
      <svg viewBox="0 0 300 400" preserveAspectRatio="xMidYMid meet">
        <ellipse cx="150" cy="200" rx="128" ry="172" pathLength="100" />
      </svg>
      {pose === null ? null : (
        <span className="pose-arrow" data-pose={pose} key={pose}>
          <Icon name={ARROWS[pose]} />
        </span>
      )}
    </div>
  );
}
