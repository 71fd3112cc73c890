/* Rule files into a ruleset. */
#include "detect/load.h"
#include "detect/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void ward_rule_refuse(struct ward_rule *r, struct ward_diag *d, uint32_t line, const char *reason,
	const char *fmt, ...)
{
	va_list ap;

	if (!r->refused)
		r->reason = reason;
	r->refused = true;
	va_start(ap, fmt);
	ward_diag_addv(d, WARD_DIAG_ERROR, r->file, line, fmt, ap);
	va_end(ap);
}

void ward_rule_warn(struct ward_rule *r, struct ward_diag *d, uint32_t line, const char *reason,
	const char *fmt, ...)
{
	va_list ap;

	if (!r->reason)
		r->reason = reason;
	va_start(ap, fmt);
	ward_diag_addv(d, WARD_DIAG_WARNING, r->file, line, fmt, ap);
	va_end(ap);
}

enum ward_err ward_ruleset_slot(struct ward_ruleset *rs, struct ward_str name, uint32_t *ret)
{
	char text[1024];
	size_t n = 0;

	if (name.len > sizeof(text))
		return WARD_ERR_LIMIT;
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] != ' ')
			text[n++] = name.p[i];
	return ward_intern_put(&rs->fields, (struct ward_str){text, n}, ret);
}

void ward_ruleset_mix(struct ward_ruleset *rs, struct ward_slice text)
{
	uint8_t both[64];

	memcpy(both, rs->hash, 32);
	ward_sha256(text, both + 32);
	ward_sha256((struct ward_slice){both, sizeof(both)}, rs->hash);
}

void ward_ruleset_hash(const struct ward_ruleset *rs, uint8_t ret[32])
{
	memcpy(ret, rs->hash, 32);
}

enum ward_err ward_ruleset_read(struct ward_ruleset *rs, struct ward_arena *a, const char *path,
	struct ward_diag *d, struct ward_slice *ret)
{
	return rs->read ? rs->read(rs->read_ctx, a, path, d, ret)
			: ward_conf_read(a, rs->lim, path, d, ret);
}

/* Was this file read already? A folder and a file in it may both be named, and a file twice. */
static enum ward_err seen_before(struct ward_ruleset *rs, const char *path, bool *ret)
{
	struct stat st;

	*ret = false;
	if (stat(path, &st) != 0) /* reading it says why */
		return WARD_OK;
	for (size_t i = 0; i < rs->n_file && !*ret; i++)
		*ret = rs->file[i].inode == st.st_ino && rs->file[i].device == st.st_dev;
	if (*ret)
		return WARD_OK;
	enum ward_err err = ward_mem_more(rs->mem, &rs->file, rs->n_file, &rs->cap_file,
		sizeof(*rs->file), WARD_RULE_FILES_MAX);

	if (!err)
		rs->file[rs->n_file++] = (struct ward_rule_file){st.st_dev, st.st_ino};
	return err;
}

/* From the path, or from the bytes when there are some. */
static enum ward_err load_file(struct ward_ruleset *rs, const char *path,
	const struct ward_slice *bytes, struct ward_diag *d)
{
	const struct ward_conf *docs = NULL;
	struct ward_arena tmp;
	struct ward_slice text = bytes ? *bytes : (struct ward_slice){NULL, 0};
	struct ward_str file = ward_arena_str(&rs->arena, ward_str_z(path));
	enum ward_err err = WARD_OK;
	size_t n_broken = 0;

	if (!file.p)
		return WARD_ERR_NOMEM;
	ward_arena_init(&tmp, rs->mem, ward_limit(rs->lim, WARD_LIMIT_DETECT_RULE_BYTES));
	if (!bytes)
		err = ward_ruleset_read(rs, &tmp, path, d, &text);
	if (!err) {
		ward_ruleset_mix(rs, text);
		err = ward_conf_yaml_docs(&tmp, rs->lim, file, text, d, &docs, &n_broken);
	}
	rs->counts.n_broken += n_broken + (err != WARD_OK);
	for (const struct ward_conf *c = err ? NULL : docs->child; c && !err; c = c->next)
		err = ward_rule_load_doc(rs, c, file, d);
	ward_arena_fini(&tmp);
	/* A file that can't be read or is no YAML has its finding; the others load. */
	return ward_err_class(err) == WARD_ERR_CLASS_INPUT && err != WARD_ERR_LIMIT ? WARD_OK
	       : err == WARD_ERR_IO                                                 ? WARD_OK
										    : err;
}

static enum ward_err pipelines(
	struct ward_ruleset *rs, const struct ward_ruleset_args *args, struct ward_diag *d)
{
	struct ward_arena a;
	char path[4096];
	const char **file = NULL;
	size_t n = 0;
	enum ward_err err = WARD_OK;

	ward_arena_init(&a, rs->mem, ward_limit(rs->lim, WARD_LIMIT_DETECT_RULE_BYTES));
	if (args->n_pipelines == 0) {
		const char *const dir = path;

		(void)snprintf(path, sizeof(path), "%s/pipelines", args->content);
		err = ward_rule_files(&a, &dir, 1, d, &file, &n);
		if (!err && n == 0)
			err = WARD_ERR_CONFIG;
	}
	for (size_t i = 0; i < n && !err; i++)
		err = ward_pipeline_load(rs, file[i], NULL, d);
	for (size_t i = 0; i < args->n_pipelines && !err; i++) {
		(void)snprintf(path, sizeof(path), "%s/pipelines/%s.yml", args->content,
			args->pipelines[i]);
		err = ward_pipeline_load(rs, path, NULL, d);
	}
	ward_arena_fini(&a);
	return err;
}

static enum ward_err slots(struct ward_ruleset *rs)
{
	static const char *const name[] = {"ward.asset", "ward.door", "ward.room", "ward.network",
		"ward.actor", "ward.time_untrusted", "ward.time"};
	uint32_t *const to[] = {&rs->field_asset, &rs->field_door, &rs->field_room,
		&rs->field_network, &rs->field_actor, &rs->field_untrusted, &rs->field_time};
	static const char *const subject[] = {
		"host", "Computer", "door", "reader", "camera", "sensor", "src_ip"};
	enum ward_err err = WARD_OK;

	_Static_assert(WARD_ARRAY_LEN(subject) == WARD_ARRAY_LEN(rs->field_subject), "as many");
	for (size_t i = 0; i < WARD_ARRAY_LEN(name) && !err; i++)
		err = ward_ruleset_slot(rs, ward_str_z(name[i]), to[i]);
	for (size_t i = 0; i < WARD_ARRAY_LEN(rs->field_subject) && !err; i++)
		err = ward_ruleset_slot(rs, ward_str_z(subject[i]), &rs->field_subject[i]);
	return err;
}

/* Is tried on events: what is off is not, unless a correlation waits for it. */
static bool binds(const struct ward_rule *r)
{
	return !r->refused && !r->corr && !r->filter && (r->stage != WARD_STAGE_OFF || r->n_parent);
}

/* All rules are there: ties correlations to their rules and rules to their events. */
static enum ward_err link_rules(struct ward_ruleset *rs, struct ward_diag *d)
{
	enum ward_err err = ward_ruleset_link(rs, d);

	for (size_t i = 0; i < rs->n_rule && !err; i++)
		if (rs->rule[i]->corr && !rs->rule[i]->refused &&
			rs->rule[i]->corr->rank > rs->rank_max)
			rs->rank_max = rs->rule[i]->corr->rank;
	if (!err)
		err = ward_filters_apply(rs, d);
	if (!err)
		ward_stages_apply(rs, d);
	for (size_t i = 0; i < rs->n_rule && !err; i++)
		if (binds(rs->rule[i]))
			err = ward_pipeline_bind(rs, (uint32_t)i, d);
	if (!err)
		ward_ruleset_prints(rs);
	return err;
}

typedef enum ward_err (*file_fn)(struct ward_ruleset *rs, const char *path,
	const struct ward_slice *bytes, struct ward_diag *d);

static enum ward_err each_file(struct ward_ruleset *rs, const char *const *path, size_t n_path,
	file_fn fn, struct ward_diag *d)
{
	struct ward_arena a;
	const char **file = NULL;
	size_t n = 0;

	ward_arena_init(&a, rs->mem, ward_limit(rs->lim, WARD_LIMIT_DETECT_RULE_BYTES));
	enum ward_err err = ward_rule_files(&a, path, n_path, d, &file, &n);

	for (size_t i = 0; i < n && !err; i++) {
		bool seen = false;

		err = seen_before(rs, file[i], &seen);
		if (!err && !seen)
			err = fn(rs, file[i], NULL, d);
	}
	ward_arena_fini(&a);
	return err;
}

/* What the hospital adds: a folder that need not be there. */
static enum ward_err overlay(struct ward_ruleset *rs, const char *hospital, const char *folder,
	file_fn fn, struct ward_diag *d)
{
	char path[4096];
	const char *const dir = path;

	if (!hospital)
		return WARD_OK;
	(void)snprintf(path, sizeof(path), "%s/%s", hospital, folder);
	return access(path, F_OK) == 0 ? each_file(rs, &dir, 1, fn, d) : WARD_OK;
}

static enum ward_err load_rules(
	struct ward_ruleset *rs, const struct ward_ruleset_args *args, struct ward_diag *d)
{
	memcpy(rs->ground, rs->hash, sizeof(rs->ground));
	enum ward_err err = overlay(rs, args->hospital, "lists", ward_lists_load, d);

	if (!err)
		err = each_file(rs, args->rules, args->n_rules, load_file, d);
	if (!err)
		err = overlay(rs, args->hospital, "rules", load_file, d);
	for (size_t i = 0; i < args->n_texts && !err; i++)
		err = load_file(rs, args->texts[i].file, &args->texts[i].bytes, d);
	return err ? err : link_rules(rs, d);
}

static enum ward_err load_texts(
	struct ward_ruleset *rs, const struct ward_ruleset_texts *texts, struct ward_diag *d)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < texts->n_pipelines && !err; i++)
		err = ward_pipeline_load(
			rs, texts->pipelines[i].file, &texts->pipelines[i].bytes, d);
	memcpy(rs->ground, rs->hash, sizeof(rs->ground));
	for (size_t i = 0; i < texts->n_lists && !err; i++)
		err = ward_lists_load(rs, texts->lists[i].file, &texts->lists[i].bytes, d);
	for (size_t i = 0; i < texts->n_rules && !err; i++)
		err = load_file(rs, texts->rules[i].file, &texts->rules[i].bytes, d);
	return err ? err : link_rules(rs, d);
}

static bool is_unmapped(const struct ward_rule *r)
{
	return binds(r) && r->n_binding == 0;
}

static void count(struct ward_ruleset *rs)
{
	struct ward_ruleset_counts *c = &rs->counts;

	c->n = rs->n_rule;
	c->n_refused = c->n_broken;
	for (size_t i = 0; i < rs->n_rule; i++) {
		const struct ward_rule *r = rs->rule[i];

		c->n_refused += r->refused;
		c->n_loaded += !r->refused;
		c->n_corr += !r->refused && r->corr;
		c->n_filter += !r->refused && r->filter;
		c->n_warned += !r->refused && r->reason;
		c->n_unmapped += is_unmapped(r);
		if (!r->refused && !r->filter)
			c->n_stage[r->stage]++;
	}
}

static enum ward_err begin(const struct ward_threats *threats, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_ruleset **ret)
{
	struct ward_ruleset *rs = ward_mem_alloc(mem, sizeof(*rs));
	size_t bytes = ward_limit(lim, WARD_LIMIT_DETECT_RULE_BYTES);

	if (!rs)
		return WARD_ERR_NOMEM;
	rs->mem = mem;
	rs->lim_copy = *lim;
	rs->lim = &rs->lim_copy;
	rs->threats = threats;
	ward_arena_init(&rs->arena, mem, bytes);
	ward_intern_init(&rs->fields, mem, 65536, bytes);
	ward_intern_init(&rs->route_keys, mem, 65536, bytes);
	*ret = rs;
	return slots(rs);
}

/* Gives rs, or frees it when err. */
static enum ward_err finish(struct ward_ruleset *rs, enum ward_err err, struct ward_ruleset **ret)
{
	if (!err)
		err = ward_plan_new(rs, rs->mem, &rs->plan);
	if (err) {
		ward_ruleset_free(rs);
		return err;
	}
	count(rs);
	*ret = rs;
	return WARD_OK;
}

enum ward_err ward_ruleset_load(const struct ward_ruleset_args *args, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_ruleset **ret)
{
	struct ward_ruleset *rs = NULL;
	enum ward_err err = begin(args->threats, lim, mem, &rs);

	if (!err) {
		rs->shadow_live = args->shadow_live;
		rs->read = args->read;
		rs->read_ctx = args->read_ctx;
		err = pipelines(rs, args, diag);
	}
	if (!err)
		err = load_rules(rs, args, diag);
	return finish(rs, err, ret);
}

enum ward_err ward_ruleset_parse(const struct ward_ruleset_texts *texts,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_ruleset **ret)
{
	struct ward_ruleset *rs = NULL;
	enum ward_err err = begin(texts->threats, lim, mem, &rs);

	return finish(rs, err ? err : load_texts(rs, texts, diag), ret);
}

void ward_ruleset_free(struct ward_ruleset *rs)
{
	if (!rs)
		return;
	ward_plan_free(rs->plan);
	for (size_t i = 0; i < rs->n_route; i++) {
		struct ward_route *t = &rs->route[i];

		ward_mem_free(rs->mem, t->rule, t->cap_rule * sizeof(*t->rule));
		ward_mem_free(rs->mem, t->map, t->cap_rule * sizeof(*t->map));
	}
	ward_mem_free(rs->mem, rs->route, rs->cap_route * sizeof(*rs->route));
	ward_mem_free(rs->mem, rs->map, rs->cap_map * sizeof(*rs->map));
	ward_mem_free(rs->mem, rs->logsource, rs->cap_logsource * sizeof(*rs->logsource));
	ward_mem_free(rs->mem, rs->list, rs->cap_list * sizeof(*rs->list));
	ward_mem_free(rs->mem, rs->rule, rs->cap_rule * sizeof(*rs->rule));
	ward_mem_free(rs->mem, rs->file, rs->cap_file * sizeof(*rs->file));
	ward_stages_free(rs);
	ward_refs_fini(rs);
	ward_intern_fini(&rs->fields);
	ward_intern_fini(&rs->route_keys);
	ward_arena_fini(&rs->arena);
	ward_mem_free(rs->mem, rs, sizeof(*rs));
}

void ward_ruleset_freep(struct ward_ruleset **rs)
{
	ward_ruleset_free(*rs);
	*rs = NULL;
}

struct ward_ruleset_counts ward_ruleset_counts(const struct ward_ruleset *rs)
{
	return rs->counts;
}

struct ward_rule_info ward_ruleset_rule(const struct ward_ruleset *rs, size_t i)
{
	WARD_ASSERT(i < rs->n_rule);
	const struct ward_rule *r = rs->rule[i];

	return (struct ward_rule_info){.id = r->id,
		.name = r->name,
		.title = r->title,
		.author = r->author,
		.product = r->product,
		.category = r->category,
		.service = r->service,
		.threat = r->meaning.threat,
		.attack = r->attack,
		.n_attack = r->n_attack,
		.tag = r->tag,
		.n_tag = r->n_tag,
		.level = r->level,
		.file = r->file,
		.line = r->line,
		.corr = r->corr != NULL,
		.filter = r->filter != NULL,
		.refused = r->refused,
		.unmapped = is_unmapped(r),
		.silent = r->silent,
		.stage = r->stage,
		.state = r->refused  ? WARD_RULE_REFUSED
			 : r->reason ? WARD_RULE_WARNED
				     : WARD_RULE_LOADED,
		.reason = r->reason,
		.n_filter = r->n_filter};
}
