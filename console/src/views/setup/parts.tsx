/* Fields of the steps. */
import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { session } from '../../state';
import type { Named } from '../../types';

const keyOf = (name: string): string => `ward.set.${session.value?.person.id}.${name}`;

/* As useState; what was typed or drawn outlives a reload and a look at what it would change, until that is taken. */
export function useDraft<T>(name: string, begin: T): [T, (next: T | ((is: T) => T)) => void] {
	const key = keyOf(name);
	const [is, set] = useState<T>(() => JSON.parse(sessionStorage.getItem(key) ?? 'null') as T | null ?? begin);
	const last = useRef(is);
	return [is, (next) => {
		set(last.current = next instanceof Function ? next(last.current) : next);
		try {
			sessionStorage.setItem(key, JSON.stringify(last.current));
		} catch { /* there is no room: then it lives as long as the page */ }
	}];
}

/* Taken, or no more wanted; with those below it ("house": "house.new", too). */
export function dropDraft(name: string): void {
	const key = keyOf(name);
	for (const k of Object.keys(sessionStorage)) if (k === key || k.startsWith(`${key}.`)) sessionStorage.removeItem(k);
}

interface FieldProps {
	label: string; value: string; set: (v: string) => void; type?: string; required?: boolean; hint?: string; placeholder?: string;
	step?: number; min?: number | undefined; max?: number; pattern?: string; list?: readonly string[];
}

export function Field({ label, value, set, hint, list, type = 'text', ...rest }: FieldProps): JSX.Element {
	const id = useId();
	return (
		<label class="field">
			<span>{label}</span>
			<input type={type} value={value} maxLength={300} aria-describedby={hint && `${id}h`} {...(list ? { list: `${id}l` } : {})} {...rest}
				onInput={(e) => set(e.currentTarget.value)} />
			{list && <datalist id={`${id}l`}>{list.map((v) => <option key={v} value={v} />)}</datalist>}
			{hint && <small id={`${id}h`}>{hint}</small>}
		</label>
	);
}

/* `none`: it may be left open. */
export function Pick({ label, of, value, set, none, required }: {
	label: string; of: readonly Named[]; value: string; set: (v: string) => void; none?: boolean; required?: boolean;
}): JSX.Element {
	return (
		<label class="field">
			<span>{label}</span>
			<select value={value} required={required} onChange={(e) => set(e.currentTarget.value)}>
				{(none || !of.some((o) => o.id === value)) && <option value={none ? '' : value} selected={!of.some((o) => o.id === value)} />}
				{of.map((o) => <option key={o.id} value={o.id} selected={o.id === value}>{o.name}</option>)}
			</select>
		</label>
	);
}
