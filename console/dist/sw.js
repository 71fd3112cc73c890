/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "e819f44facc66792";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-Dx9SZs09.js","/assets/asset-f3YX2gYN.js","/assets/assets-DcEZ62pz.js","/assets/bulk-BM_0gUeZ.js","/assets/camera-CROBCGK7.css","/assets/camera-fciZlk1W.js","/assets/care-5JGFC_lV.js","/assets/chance-B8iKb-zH.css","/assets/chance-LBuXW2sI.js","/assets/config-BF-DUEkl.js","/assets/config-BM9JIpYT.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-BjkOPV2k.js","/assets/decide-bOg3pThk.js","/assets/draft-CP836-9J.js","/assets/events-CwhV5onj.js","/assets/evidence-CxMRtLy6.js","/assets/fr-YJ9t-Fgr.js","/assets/held-Dw9-pC8x.js","/assets/incident-BUlF0b3d.js","/assets/incident-CQP9JGJX.css","/assets/index-B-Xwn9Qa.js","/assets/index-sZ1Es2xd.css","/assets/it-LSOmS6Re.js","/assets/know-BYcfrR_g.css","/assets/law-CPerOmpZ.css","/assets/law-DvxTSJ6z.js","/assets/nl-Cu165CKk.js","/assets/people-lwsgg8Tz.js","/assets/prevention-C3bs6W-2.js","/assets/privacy-NidCs0z0.js","/assets/processing-CYgVSqYt.js","/assets/register-Dk_pB3hC.js","/assets/report-Aj66IeJw.js","/assets/reports-B6tcAMIQ.js","/assets/sealed-Clvg2XqN.js","/assets/seen-B4HBjPV5.js","/assets/setup-BZZh8aOA.css","/assets/setup-BsODSCf-.js","/assets/setup-e2HbCQVc.js","/assets/signs-BpvcsI0g.js","/assets/state-BF30zXUV.css","/assets/state-BRFwS51w.js","/assets/views-B8gcOv9G.css","/assets/watch-C2LTy8kB.css","/assets/watch-S0PLh7CD.js","/assets/window-c8UKaXzK.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const cache = await caches.open(STATE);
	await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	try {
		const response = await fetch(event.request);
		if (response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone()));
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
