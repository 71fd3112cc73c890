#include "lab.h"
#include "impact/write.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {"content/propagation/rules.yml", "content/threats.yml",
	"content/ontology.yml", "hospital/hospital.yml"};
static const char *const dirs[] = {"content/propagation", "content", "hospital"};

static const char head[] =
	"hospital: {id: lab, name: Laboratory, city: Turin, country: IT, timezone: Europe/Rome, "
	"synthetic: true}\n"
	"sites: [{id: s-1, name: Site}]\n"
	"buildings: [{id: b-1, name: Building, site: s-1}]\n"
	"floors: [{id: f, name: Floor, building: b-1, level: 0}]\n"
	"zones: [{id: z, name: Zone, kind: clinical}]\n";

static const char *const classes[] = {"site", "building", "floor", "zone", "room", "room.waiting",
	"room.technical", "room.corridor", "room.pharmacy", "door", "door.controlled", "network",
	"role", "service", "service.care", "device", "device.n", "device.pc", "device.server",
	"device.phone", "device.mail", "device.fridge", "device.power", "device.chiller",
	"device.ahu", "software", "software.planning", "data", "supply", "supply.power"};

static const char threats[] =
	"threats:\n"
	"  - {code: outage, name: Outage, domain: both, need: availability, idmef: "
	"Availability.Outage, first_step: {role: r, text: t}}\n"
	"  - {code: mail.phishing, name: Spearphishing, domain: cyber, need: integrity, idmef: "
	"Attempt.Login, first_step: {role: r, text: t}}\n"
	"  - {code: net.scan, name: Network scan, domain: cyber, need: confidentiality, idmef: "
	"Recon.Scanning, first_step: {role: r, text: t}}\n"
	"  - {code: malware.virus, name: Virus, domain: cyber, need: integrity, idmef: "
	"Malicious.System, first_step: {role: r, text: t}}\n"
	"  - {code: malware.worm, name: Worm, act: true, domain: cyber, need: integrity, idmef: "
	"Malicious.Worm, first_step: {role: r, text: t}}\n"
	"  - {code: data.change, name: Data manipulation, domain: cyber, need: integrity, idmef: "
	"Intrusion.AppCompromise, first_step: {role: r, text: t}}\n"
	"  - {code: crowd, name: Crowd, domain: physical, need: safety, idmef: Other.Undetermined, "
	"first_step: {role: r, text: t}}\n"
	"  - {code: loiter, name: Loitering, domain: physical, need: safety, idmef: "
	"Other.Undetermined, first_step: {role: r, text: t}}\n"
	"  - {code: intrusion, name: Intrusion, domain: physical, need: safety, idmef: "
	"Other.Undetermined, first_step: {role: r, text: t}}\n"
	"  - {code: theft, name: Theft, act: true, domain: physical, need: availability, idmef: "
	"Other.Undetermined, first_step: {role: r, text: t}}\n"
	"  - {code: fire, name: Fire, domain: physical, need: safety, idmef: Other.Undetermined, "
	"first_step: {role: r, text: t}}\n"
	"  - {code: heat, name: Overheating, domain: physical, need: safety, idmef: "
	"Other.Undetermined, first_step: {role: r, text: t}}\n";

static void die(const char *what, const char *name)
{
	fprintf(stderr, "%s %s: %s\n", what, name, strerror(errno));
	abort();
}

static void put(const struct lab *l, const char *name, const char *a, const char *b)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", l->dir, name);
	FILE *f = fopen(path, "w");

	if (!f || fputs(a, f) < 0 || fputs(b, f) < 0 || fclose(f) != 0)
		die("write", path);
}

static void put_ontology(const struct lab *l)
{
	char text[8192], id[32];
	int n = snprintf(text, sizeof(text), "classes:\n");

	for (size_t i = 0; i < WARD_ARRAY_LEN(classes); i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "  - {id: %s, name: %s}\n",
			classes[i], classes[i]);
	for (char c = 'a'; c <= 'z'; c++) {
		snprintf(id, sizeof(id), "device.n.%c", c);
		n += snprintf(
			text + n, sizeof(text) - (size_t)n, "  - {id: %s, name: %s}\n", id, id);
	}
	put(l, "content/ontology.yml", text, "");
}

enum ward_err lab_try(struct lab *l, const char *hospital, const char *rules)
{
	char dir[128], content[128];

	*l = (struct lab){.dir = "/tmp/ward-impact-XXXXXX"};
	if (!mkdtemp(l->dir))
		die("mkdtemp", l->dir);
	for (size_t i = WARD_ARRAY_LEN(dirs); i-- > 0;) {
		snprintf(dir, sizeof(dir), "%s/%s", l->dir, dirs[i]);
		if (mkdir(dir, 0700))
			die("mkdir", dir);
	}
	put(l, "hospital/hospital.yml", head, hospital);
	put(l, "content/threats.yml", threats, "");
	put(l, "content/propagation/rules.yml", rules, "");
	put_ontology(l);
	ward_limits_default(&l->lim);
	ward_diag_init(&l->diag, ward_mem_heap());
	snprintf(dir, sizeof(dir), "%s/hospital", l->dir);
	snprintf(content, sizeof(content), "%s/content", l->dir);
	enum ward_err err =
		ward_model_load(dir, content, &l->lim, ward_mem_heap(), &l->diag, &l->m);

	if (err) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

		ward_diag_write_text(&l->diag, &w);
		fprintf(stderr, "model: %s\n%.*s", ward_err_text(err),
			WARD_STR_ARG(ward_wr_text(&w)));
		abort();
	}
	snprintf(content, sizeof(content), "%s/content/propagation", l->dir);
	return ward_rules_load(content, l->m, &l->lim, ward_mem_heap(), &l->diag, &l->r);
}

void lab_open(struct lab *l, const char *hospital, const char *rules)
{
	enum ward_err err = lab_try(l, hospital, rules);

	if (!err)
		err = ward_engine_new(l->m, l->r, &l->lim, ward_mem_heap(), &l->e);
	if (err) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

		ward_diag_write_text(&l->diag, &w);
		fprintf(stderr, "rules: %s\n%.*s", ward_err_text(err),
			WARD_STR_ARG(ward_wr_text(&w)));
		abort();
	}
}

void lab_close(struct lab *l)
{
	char path[256];

	ward_engine_free(l->e);
	ward_rules_free(l->r);
	ward_model_free(l->m);
	ward_diag_fini(&l->diag);
	for (size_t i = 0; i < WARD_ARRAY_LEN(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", l->dir, files[i]);
		(void)unlink(path);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", l->dir, dirs[i]);
		(void)rmdir(path);
	}
	(void)rmdir(l->dir);
}

static uint32_t asset_of(const struct lab *l, struct ward_str id)
{
	uint32_t i = ward_model_find(l->m, id);

	if (i == WARD_NONE)
		die("no asset", id.p);
	return i;
}

static uint32_t threat_of(const struct lab *l, struct ward_str code)
{
	uint32_t i = ward_threats_find(ward_model_threats(l->m), code);

	if (i == WARD_NONE)
		die("no threat", code.p);
	return i;
}

static void run(
	struct lab *l, enum ward_impact_mode mode, const char *seeds, int64_t lo, int64_t hi)
{
	struct ward_seed_threat seed[16];
	struct ward_str rest = ward_str_z(seeds);
	size_t n = 0;

	while (rest.p && rest.len && n < WARD_ARRAY_LEN(seed)) {
		struct ward_str asset = ward_str_cut(&rest, ' ');
		struct ward_str threat = ward_str_cut(&rest, ' ');

		seed[n++] = (struct ward_seed_threat){
			asset_of(l, asset), threat_of(l, threat), 0, lo, hi};
	}
	enum ward_err err = ward_engine_run(l->e, mode, seed, n, &l->all);

	if (err)
		die("run", ward_err_text(err));
}

void lab_run(struct lab *l, enum ward_impact_mode mode, const char *seeds)
{
	run(l, mode, seeds, 1000000, 1000000);
}

void lab_run_with(struct lab *l, const char *seeds, int64_t lo_micro, int64_t hi_micro)
{
	run(l, WARD_IMPACT_FULL, seeds, lo_micro, hi_micro);
}

const struct ward_impact *lab_find(const struct lab *l, const char *asset, const char *threat)
{
	uint32_t a = asset_of(l, ward_str_z(asset)), t = threat_of(l, ward_str_z(threat));

	for (size_t i = 0; i < l->all.n; i++)
		if (l->all.item[i].asset == a && l->all.item[i].threat == t)
			return &l->all.item[i];
	return NULL;
}

const struct ward_barrier *lab_barrier(const struct lab *l, const char *asset, const char *threat)
{
	uint32_t a = asset_of(l, ward_str_z(asset)), t = threat_of(l, ward_str_z(threat));

	for (size_t i = 0; i < l->all.n_barrier; i++)
		if (l->all.barrier[i].asset == a && l->all.barrier[i].threat == t)
			return &l->all.barrier[i];
	return NULL;
}

char *lab_json(const struct lab *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 26);

	for (size_t i = 0; i < l->all.n; i++) {
		ward_impact_write_json(&l->all, i, l->r, l->m, NULL, &w);
		ward_wr_ch(&w, '\n');
	}
	for (size_t i = 0; i < l->all.n_barrier; i++) {
		ward_barrier_write_json(&l->all, i, l->r, l->m, NULL, &w);
		ward_wr_ch(&w, '\n');
	}
	ward_wr_u8(&w, 0);
	if (ward_wr_bad(&w))
		die("json", "too long");
	char *text = strdup((const char *)w.p);

	ward_wr_fini(&w);
	return text;
}
