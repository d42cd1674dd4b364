/** An instant in words, with the exact one behind it. */
import {
  describeDistance,
  findNearness,
  formatDay,
  formatExactly,
  formatInstant,
  formatTime,
} from '../language/dates.ts';
import { useLanguage } from '../language/use-language.ts';
import { useNow } from './use-now.ts';

interface InstantProps {
  /** In ISO 8601. */
  at: string;
  /** The whole text, given the words for the instant; a `<time>` can’t stand within a translated text. */
  say?(words: string): string;
}

/** Such as “5 minutes ago”, kept fresh. */
export function Ago({ at, say, justNow }: InstantProps & { justNow: string }) {
  const { language } = useLanguage();
  const words = describeDistance(language, new Date(at), useNow());
  return <Time at={at}>{words === null ? justNow : say ? say(words) : words}</Time>;
}

/** Such as “November 24, 2026”. */
export function Day({ at, say = (words) => words }: InstantProps) {
  const { language } = useLanguage();
  return <Time at={at}>{say(formatDay(language, new Date(at)))}</Time>;
}

/** When a session began: the nearer, the more exactly, so that sessions that are alike can be told apart. */
export function SignedIn({ at }: { at: string }) {
  const { language, translate } = useLanguage();
  const instant = new Date(at);
  const now = useNow();
  function say(): string {
    switch (findNearness(instant, now)) {
      case 'today':
        return translate('devices.sinceToday', { time: formatTime(language, instant) });
      case 'yesterday':
        return translate('devices.sinceYesterday', { time: formatTime(language, instant) });
      case 'this-week':
        return translate('devices.since', { day: formatInstant(language, instant) });
      case 'earlier':
        return translate('devices.since', { day: formatDay(language, instant) });
    }
  }
  return <Time at={at}>{say()}</Time>;
}

/** Day and time of day. */
export function Instant({ at, say = (words) => words }: InstantProps) {
  const { language } = useLanguage();
  return <Time at={at}>{say(formatInstant(language, new Date(at)))}</Time>;
}

function Time({ at, children }: { at: string; children: string }) {
  const { language } = useLanguage();
  return (
    <time dateTime={at} title={formatExactly(language, new Date(at))}>
      {children}
    </time>
  );
}
