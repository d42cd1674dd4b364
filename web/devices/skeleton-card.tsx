/** Stands where a card is about to be, of the same size. */

export function SkeletonCards({ count }: { count: number }) {
  return (
    <div className="cards" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one is like the other.
        <div key={index} className="card card-skeleton">
          <span className="device-icon" />
          <div className="card-body">
            <span className="bone bone-name" />
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
