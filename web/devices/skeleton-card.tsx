/** Stands where a card is about to be, of the same size. */

interface SkeletonCardsProps {
  count: number;
  /** This device’s card has a badge that says so; those of others mostly have none. */
  hasBadge?: boolean;
}

export function SkeletonCards({ count, hasBadge = false }: SkeletonCardsProps) {
  return (
    <div className="cards" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one is like the other.
        <div key={index} className="card card-skeleton">
          <span className="device-icon" />
          <div className="card-body">
            <span className="bone bone-name" />
            {hasBadge && <span className="bone bone-badge" />}
            <span className="bone bone-fact" />
            <span className="bone bone-fact bone-wrapped" />
          </div>
          <div className="card-actions">
            <span className="bone bone-button" />
          </div>
        </div>
      ))}
    </div>
  );
}
