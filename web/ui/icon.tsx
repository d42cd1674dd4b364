/** The page’s own icons: drawn on 24 by 24, in the colour of the text beside them, which says what they mean. */
import type { ReactNode } from 'react';

const DRAWINGS = {
  desktop: (
    <>
      <rect x="3" y="4" width="18" height="12" rx="2" />
      <path d="M9 20h6M12 16v4" />
    </>
  ),
  phone: (
    <>
      <rect x="7" y="2.5" width="10" height="19" rx="2.5" />
      <path d="M11 18.5h2" />
    </>
  ),
  tablet: (
    <>
      <rect x="4.5" y="3" width="15" height="18" rx="2.5" />
      <path d="M10.5 18h3" />
    </>
  ),
  program: (
    <>
      <rect x="3" y="4.5" width="18" height="15" rx="2.5" />
      <path d="m7 9.5 3 2.5-3 2.5M12.5 15H16" />
    </>
  ),
  unknown: (
    <>
      <rect x="4" y="4" width="16" height="16" rx="4" />
      <path d="M9.8 9.6a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6M12 16.2v.1" />
    </>
  ),
  key: (
    <>
      <circle cx="8" cy="15" r="4.2" />
      <path d="m11 12 8-8m-3.5 3.5L18 10" />
    </>
  ),
  devices: (
    <>
      <path d="M12.5 18H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2h11a2 2 0 0 1 2 2v1M8 21h4.5" />
      <rect x="15.5" y="11" width="6" height="10" rx="1.5" />
    </>
  ),
  history: (
    <>
      <path d="M3.5 12a8.5 8.5 0 1 0 2.6-6.1L3.5 8.4" />
      <path d="M3.5 4v4.4h4.4M12 7.5V12l3 2" />
    </>
  ),
  activity: <path d="M3 12h3.5l2.6-7 4.8 14 2.6-7H21" />,
  account: (
    <>
      <circle cx="12" cy="8.2" r="3.7" />
      <path d="M4.8 20c.8-3.6 3.7-5.6 7.2-5.6s6.4 2 7.2 5.6" />
    </>
  ),
  leave: <path d="M14 4.5H7a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7M10.5 12H20m-3.5-3.7L20 12l-3.5 3.7" />,
  warning: (
    <>
      <path d="M10.4 4.3 2.9 17.4A1.8 1.8 0 0 0 4.5 20h15a1.8 1.8 0 0 0 1.6-2.6L13.6 4.3a1.8 1.8 0 0 0-3.2 0Z" />
      <path d="M12 9.5v4M12 16.6v.1" />
    </>
  ),
  info: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 11v5M12 7.9v.1" />
    </>
  ),
  check: <path d="m4.5 12.5 5 5 10-11" />,
  globe: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M3 12h18M12 3c2.6 2.7 3.9 5.7 3.9 9s-1.3 6.3-3.9 9c-2.6-2.7-3.9-5.7-3.9-9S9.4 5.7 12 3Z" />
    </>
  ),
  eye: (
    <>
      <path d="M2.5 12C4.6 7.9 8 5.8 12 5.800s7.4 2.1 9.5 6.200c-2.1 4.1-5.5 6.2-9.5 6.200S4.6 16.1 2.5 12Z" />
      <circle cx="12" cy="12" r="2.8" />
    </>
  ),
  'eye-closed': (
    <path d="M4 4l16 16M9.9 6c.700-.130 1.4-.2 2.1-.2 4 0 7.4 2.1 9.5 6.200a14 14 0 0 1-2.6 3.500M6.3 7.600A13.5 13.5 0 0 0 2.5 12c2.1 4.1 5.5 6.2 9.5 6.2 1.5 0 2.9-.3 4.2-.9M9.9 10.100a2.8 2.8 0 0 0 3.9 3.9" />
  ),
  offline: (
    <path d="M3 3l18 18M8.5 8.300A10.5 10.5 0 0 0 3 11.300M12 7.500c3.5 0 6.6 1.4 9 3.800M6.3 14.600a8 8 0 0 1 4.2-2.200M12 19v.1" />
  ),
  close: <path d="m6 6 12 12M18 6 6 18" />,
  down: <path d="m6 9.5 6 6 6-6" />,
  shield: <path d="M12 3 4.5 6v5.500c0 4.6 3.1 7.9 7.5 9.5 4.4-1.6 7.5-4.9 7.5-9.500V6L12 3Z" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {DRAWINGS[name]}
    </svg>
  );
}
