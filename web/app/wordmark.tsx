/** The name, and its mark: a window at night with one pane lit. */
import { useLanguage } from '../language/use-language.ts';

export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg className="mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <rect className="mark-wall" width="32" height="32" rx="9" />
      <path className="mark-dark" d="M8 15a8 8 0 0 1 7.2-7.96V15Z" />
      <path className="mark-dark" d="M16.8 7.04A8 8 0 0 1 24 15h-7.2Z" />
      <path className="mark-dark" d="M8 16.6h7.2V25H9.5A1.5 1.5 0 0 1 8 23.5Z" />
      <path className="mark-lit" d="M16.8 16.6H24v6.9a1.5 1.5 0 0 1-1.5 1.5h-5.7Z" />
    </svg>
  );
}

export function Wordmark() {
  const { translate } = useLanguage();
  return (
    <span className="wordmark">
      <Mark />
      {translate('page.name')}
    </span>
  );
}
