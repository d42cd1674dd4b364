/** Stands where rows are about to be. */

export function SkeletonRows({ count }: { count: number }) {
  return (
    <div className="rows" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one is like the other.
        <div key={index} className="row row-skeleton">
          <span className="device-icon" />
          <div className="row-body">
            <span className="bone bone-name" />
            <span className="bone bone-fact" />
          </div>
        </div>
      ))}
    </div>
  );
}
