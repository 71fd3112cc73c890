/* What the steps of the set-up are made of. */
import type { Change } from '../../config';
import type { Named } from '../../types';

export interface Wire { name: string; mac: string; up: boolean; link: boolean; loopback: boolean; frames: number; per_second: number; source: string }
export interface Source extends Named { kind: string; state: string; trouble: string; events: number | null }
export interface Setup {
	began: string | null; processors: number;
	hospital: Named & { city: string; country: string; timezone: string };
	counts: Record<'buildings' | 'floors' | 'rooms' | 'doors' | 'networks' | 'assets' | 'services' | 'drawn', number>;
	interfaces: Wire[]; sources: Source[]; zones: Named[]; networks: Named[];
}

export interface StepProps { setup: Setup; site: string; take: (why: string, what: Change, draft?: string) => void } /* draft: what of what was typed is done with it; else the step's */
