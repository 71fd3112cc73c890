/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "1878a69790738579";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-24t-Hgmz.js","/assets/account-oTio1RCA.css","/assets/asset-DenB63Cs.js","/assets/assets-pqTm9pl4.js","/assets/bulk-BUA2JUzx.js","/assets/camera-CROBCGK7.css","/assets/camera-CTAW4hFG.js","/assets/care-CA4VKRvo.js","/assets/chance-BOgEQ9UR.css","/assets/chance-Dhlk8N00.js","/assets/clocks-BSDeWVks.js","/assets/config-CBoRrqw4.js","/assets/config-VWLnO5e2.css","/assets/config-W9Fk4ufp.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-DFT_6AfA.js","/assets/decide-BVhqz5Nt.js","/assets/draft-efcVbx7d.js","/assets/events-CdpT9_FI.js","/assets/evidence-DV7PMd7h.js","/assets/exercise-D0Of1IX1.js","/assets/fr-CyUcQx4Z.js","/assets/held-COk8CT9j.js","/assets/incident-CQP9JGJX.css","/assets/incident-HSZ9nTtZ.js","/assets/index-CusN43QH.js","/assets/index-mAfwGzw5.css","/assets/it-D9IJ6sk4.js","/assets/kept-AUO9-uD-.js","/assets/know-BYcfrR_g.css","/assets/law-BkRvhAS7.js","/assets/law-FWytmPbz.css","/assets/nl-BQLGQOie.js","/assets/notices-a8zJLlT5.js","/assets/people-4tAmpZ3t.js","/assets/persons-BhwSZ2b2.js","/assets/prevention-bEiBu_w2.js","/assets/privacy-BBTwfxFG.js","/assets/processing-DbKYYcms.js","/assets/proof-Byv68Ueq.css","/assets/proof-Dw38iWAP.js","/assets/register-C_jYPN8O.js","/assets/report-_hgexgZM.js","/assets/reports-CLBRYZ8p.js","/assets/sealed-Clvg2XqN.js","/assets/seen-Bhn7mX8L.js","/assets/setup-DM9_wuLA.js","/assets/setup-DMqxj3w9.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-BOgmSgK6.js","/assets/state-BF30zXUV.css","/assets/state-BybLHWtl.js","/assets/watch-B4Wfa6Hn.css","/assets/watch-Bc6t7XeC.js","/assets/window-CT_TwD4V.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

let person = 0; /* how many have left since this worker began: an answer to one of them is not kept */
self.addEventListener('message', (e) => {
	if (e.data !== 'forget') return;
	person++;
	e.waitUntil(caches.delete(STATE));
});

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response, of) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const body = await response.blob(), cache = await caches.open(STATE);
	if (of !== person) return;
	await cache.put(request, new Response(body, { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	const of = person;
	try {
		const response = await fetch(event.request);
		if (of === person && response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone(), of));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname) && !NEVER.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
