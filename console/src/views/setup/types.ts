/* What the steps of the set-up are made of. */
import type { Named } from '../../types';
import type { File } from './book';

export interface Wire { name: string; mac: string; up: boolean; link: boolean; loopback: boolean; frames: number; per_second: number; source: string }
export interface Source extends Named { kind: string; state: string; trouble: string; events: number | null }
export interface Setup {
	began: string | null; processors: number;
	hospital: Named & { city: string; country: string; timezone: string };
	counts: Record<'buildings' | 'floors' | 'rooms' | 'doors' | 'networks' | 'assets' | 'services' | 'drawn', number>;
	interfaces: Wire[]; sources: Source[]; zones: Named[]; networks: Named[];
}

/* What is proposed: files as they shall be, or what another product knows. */
export type Wanted = { files: File[] } | { import: Record<string, unknown> };

export interface StepProps { setup: Setup; site: string; take: (why: string, what: Wanted) => void }
