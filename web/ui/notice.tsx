/** Something that people should know where they are: quiet, or pressing. */
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

const ICONS = { info: 'info', warning: 'warning', error: 'warning', done: 'check' } as const satisfies Record<
  string,
  IconName
>;

interface NoticeProps {
  tone: keyof typeof ICONS;
  /** Read out when it appears: at once for an error. */
  isNews?: boolean;
  id?: string;
  children: ReactNode;
}

export function Notice({ tone, isNews = true, id, children }: NoticeProps) {
  const role = isNews ? (tone === 'error' ? 'alert' : 'status') : undefined;
  return (
    <div className={`notice notice-${tone}`} role={role} id={id}>
      <Icon name={ICONS[tone]} />
      <div className="notice-text">{children}</div>
    </div>
  );
}
