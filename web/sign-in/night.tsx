/** A street at night, with the windows that are still lit. Beside the forms, for looks alone. */
import { useLanguage } from '../language/use-language.ts';

/** Of each house: where it stands, how wide and how high it is, and which of its windows are lit. */
const HOUSES = [
  { x: -20, width: 120, height: 250, lit: [4] },
  { x: 100, width: 90, height: 340, lit: [1, 8] },
  { x: 190, width: 130, height: 210, lit: [] },
  { x: 320, width: 100, height: 300, lit: [6] },
  { x: 420, width: 80, height: 180, lit: [0] },
  { x: 500, width: 140, height: 270, lit: [2, 11] },
] as const;

const GROUND = 400;
const WINDOW = { width: 16, height: 22, across: 34, down: 46 } as const;

export function Night() {
  const { translate } = useLanguage();
  return (
    <aside className="night">
      <p className="night-motto">{translate('signIn.motto')}</p>
      <svg viewBox="0 0 600 400" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">
        {HOUSES.map((house) => (
          <House key={house.x} {...house} />
        ))}
      </svg>
    </aside>
  );
}

interface HouseProps {
  x: number;
  width: number;
  height: number;
  lit: readonly number[];
}

function House({ x, width, height, lit }: HouseProps) {
  const columns = Math.floor((width - 20) / WINDOW.across);
  const rows = Math.floor((height - 30) / WINDOW.down);
  const inset = (width - (columns - 1) * WINDOW.across - WINDOW.width) / 2;
  const top = GROUND - height;
  return (
    <g>
      <rect className="night-house" x={x} y={top} width={width - 3} height={height} rx="3" />
      {Array.from({ length: columns * rows }, (_, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a window is nothing but its place.
          key={index}
          className={lit.includes(index) ? 'night-window night-lit' : 'night-window'}
          x={x + inset + (index % columns) * WINDOW.across}
          y={top + 26 + Math.floor(index / columns) * WINDOW.down}
          width={WINDOW.width}
          height={WINDOW.height}
          rx="2"
        />
      ))}
    </g>
  );
}
