/* Fields of the steps. */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Named } from '../../types';

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
