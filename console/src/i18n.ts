/* Texts in the reader's language. A key is typed: what a language lacks does not compile. A text may
 * have forms by number, "one|other", chosen by the slot {n}. */
import { computed, signal } from '@preact/signals';
import { en, type Words } from './words/en';

export const LANGUAGES = { en: 'English', fr: 'Français', it: 'Italiano', nl: 'Nederlands' } as const;
export type Language = keyof typeof LANGUAGES;
export type Key = keyof Words;
export type Slots = Record<string, string | number>;

/* Built, a language is a list in the order of English's keys (vite.config). */
const listed = (all: Words): Words => {
	const list = all as unknown as readonly string[];
	return Object.fromEntries(Object.keys(en).map((key, i) => [key, list[i]])) as unknown as Words;
};

const load: Record<Exclude<Language, 'en'>, () => Promise<Words>> = {
	fr: async () => (await import('./words/fr')).fr,
	it: async () => (await import('./words/it')).it,
	nl: async () => (await import('./words/nl')).nl,
};

export const language = signal<Language>('en');
const words = signal<Words>(en);
const plural = computed(() => new Intl.PluralRules(language.value));
const number = computed(() => new Intl.NumberFormat(language.value));

function isLanguage(s: string | undefined): s is Language {
	return !!s && s in LANGUAGES;
}

/* The person's own choice on this device, else what the directory says, else what the browser says. */
export function preferred(ofSession?: string): Language {
	const own = localStorage.getItem('ward.language') ?? undefined;
	for (const l of [own, ofSession, ...navigator.languages.map((s) => s.slice(0, 2))])
		if (isLanguage(l)) return l;
	return 'en';
}

export async function setLanguage(l: Language, choose = false): Promise<void> {
	if (choose) localStorage.setItem('ward.language', l);
	const w = l === 'en' ? en : listed(await load[l]());
	words.value = w;
	language.value = l;
	document.documentElement.lang = l;
}

export function t(key: Key, slots: Slots = {}): string {
	let text: string = words.value[key];
	if (text.includes('|') && typeof slots.n === 'number') {
		const [one, other] = text.split('|');
		text = plural.value.select(slots.n) === 'one' ? one! : other!;
	}
	return text.replace(/\{(\w+)\}/g, (all, name: string) => {
		const v = slots[name];
		return v === undefined ? all : typeof v === 'number' ? number.value.format(v) : v;
	});
}

/* Between what it is about and what is said of it: French has a narrow space before it. */
export const colon = (): string => language.value === 'fr' ? '\u202f: ' : ': ';

/* A word for a value that the server names, e.g. named('level', 'high'); the value itself when it is new to us. */
export function named(group: string, value: string): string {
	const key = `${group}.${value}`;
	return key in words.value ? words.value[key as Key] : value;
}
