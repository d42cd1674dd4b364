/** What becomes of a form: under way, refused as a whole or for one of its fields, or done. */
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLanguage } from '../language/use-language.ts';
import type { Fault } from '../session/ask.ts';

export interface Refusal {
  message: string;
  /** The name of the field that is at fault; left out when no single one is. */
  field?: string | undefined;
  /** Seconds to wait before the next try. */
  retryAfter?: number | undefined;
}

export interface Submission {
  isBusy: boolean;
  refusal: Refusal | null;
  /** Until when there was, or is, no use in trying again. */
  waitUntil: Date | null;
  /** That is still to come. */
  isWaiting: boolean;
  /** What is wrong with a field. */
  faultOf(field: string): string | undefined;
  onSubmit(event: FormEvent<HTMLFormElement>): void;
}

/** What of a `UserError` a form needs. */
interface UserError {
  message: string;
  path?: readonly string[];
  retryAfter?: number;
}

/** @param field that is at fault where the error doesn’t name one itself. */
export function readRefusal({ message, path, retryAfter }: UserError, field?: string): Refusal {
  return { message, field: path?.at(-1) ?? field, retryAfter };
}

/** @param submit takes the form’s values by the names of its fields; null means done. */
export function useSubmit(submit: (values: Record<string, string>) => Promise<Refusal | null>): Submission {
  const { translate } = useLanguage();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [waitUntil, setWaitUntil] = useState<Date | null>(null);
  const [isWaiting, setWaiting] = useState(false);
  const isUnderWay = useRef(false);

  useEffect(() => {
    if (!waitUntil) return;
    setWaiting(true);
    const timer = setTimeout(() => setWaiting(false), waitUntil.getTime() - Date.now());
    return () => {
      clearTimeout(timer);
      setWaiting(false);
    };
  }, [waitUntil]);

  async function run(form: HTMLFormElement): Promise<void> {
    const missing = findMissing(form);
    const refused = missing
      ? { message: translate('field.required'), field: missing }
      : await submit(readValues(form));
    setRefusal(refused);
    setWaitUntil(refused?.retryAfter ? new Date(Date.now() + refused.retryAfter * 1000) : null);
    const at = refused?.field && form.elements.namedItem(refused.field);
    if (at instanceof HTMLElement) at.focus();
  }

  return {
    isBusy,
    refusal,
    waitUntil,
    isWaiting,
    faultOf: (field) => (refusal?.field === field ? refusal.message : undefined),
    onSubmit(event) {
      event.preventDefault();
      if (isUnderWay.current || isWaiting) return;
      isUnderWay.current = true;
      setBusy(true);
      void run(event.currentTarget).finally(() => {
        isUnderWay.current = false;
        setBusy(false);
      });
    },
  };
}

/** The first field that has to be filled in, and isn’t. */
function findMissing(form: HTMLFormElement): string | null {
  for (const element of form.elements) {
    if (element instanceof HTMLInputElement && element.required && element.value === '') return element.name;
  }
  return null;
}

function readValues(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries(
    [...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  );
}

/** A fault in words, as a refusal of the form as a whole. */
export function useFaultWords(): (fault: Fault) => string {
  const { translate } = useLanguage();
  return (fault) => translate(`fault.${fault}`);
}
