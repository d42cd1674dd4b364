/** A page’s heading. Whoever comes from another page of it finds the focus here. */
import { type ReactNode, useEffect, useRef } from 'react';
import { useLanguage } from '../language/use-language.ts';

interface PageHeadingProps {
  title: string;
  /** Whether to take the focus: what had it before is gone. */
  takesFocus: boolean;
  children?: ReactNode;
}

export function PageHeading({ title, takesFocus, children }: PageHeadingProps) {
  const { translate } = useLanguage();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);
  return (
    <header className="page-heading">
      <title>{`${title} · ${translate('page.name')}`}</title>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </header>
  );
}
