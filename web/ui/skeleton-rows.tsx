/** Stands where rows are about to be, of the same height. */

interface SkeletonRowsProps {
  count: number;
  /** What a row tells of: a session that ended takes two lines more than an event. */
  of: 'session' | 'event';
}

export function SkeletonRows({ count, of }: SkeletonRowsProps) {
  return (
    <div className="rows" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one is like the other.
        <div key={index} className="row row-skeleton">
          <span className={of === 'session' ? 'device-icon' : 'row-icon'} />
          <div className="row-body">
            <span className="bone bone-name" />
            {of === 'session' && <span className="bone bone-line" />}
            <span className="bone bone-fact" />
            {of === 'session' && <span className="bone bone-fact bone-next" />}
            <span className="bone bone-fact bone-wrapped" />
            {of === 'session' && <span className="bone bone-fact bone-wrapped" />}
          </div>
        </div>
      ))}
    </div>
  );
}
