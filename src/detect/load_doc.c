/* One document into a rule: what all kinds of rules have. */
#include "detect/load.h"

#include "model/near.h"
#include "model/threat.h"

static enum ward_err arena_text(
	struct ward_ruleset *rs, const struct ward_conf *doc, const char *key, struct ward_str *ret)
{
	const struct ward_conf *c = ward_conf_get(doc, key);

	if (!c || c->kind != WARD_CONF_SCALAR)
		return WARD_OK;
	*ret = ward_arena_str(&rs->arena, c->text);
	return ret->p ? WARD_OK : WARD_ERR_NOMEM;
}

static void level(struct ward_rule *r, const struct ward_conf *doc, struct ward_diag *d)
{
	const struct ward_conf *c = ward_conf_get(doc, "level");

	r->level = WARD_LEVEL_MEDIUM;
	if (!c || c->kind == WARD_CONF_NULL)
		return;
	for (unsigned i = 0; i < WARD_LEVEL_N; i++) {
		if (!ward_str_eqz(c->text, ward_level_name((enum ward_level)i)))
			continue;
		r->level = (enum ward_level)i;
		r->level_given = true;
		return;
	}
	ward_rule_refuse(r, d, c->line, WARD_TEXT("level"),
		WARD_TEXT("there is no level '%.*s'\nuse informational, low, medium, high or "
			  "critical"),
		WARD_STR_ARG(c->text));
}

/* One that Ward does not know does nothing, and what it was to say would not be in force. */
static void tag_known(struct ward_rule *r, const struct ward_conf *tag, struct ward_diag *d)
{
	static const char *const known[] = {"ward.unconfirmed", "ward.confirms", "ward.broken"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_eqz(tag->text, known[i]))
			return;
	ward_rule_warn(r, d, tag->line, WARD_TEXT("unknown tag"),
		WARD_TEXT("Ward has no tag '%.*s', so it does nothing\nwrite ward.unconfirmed, "
			  "ward.confirms or ward.broken, or remove it"),
		WARD_STR_ARG(tag->text));
}

/* The tags of ATT&CK and of Ward, and of those like `attack.tNNNN[.NNN]` the ids, with the capital
 * T. */
static enum ward_err techniques(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *tags, struct ward_diag *d)
{
	r->attack = ward_arena_array(&rs->arena, tags ? tags->n_child + 1 : 1, sizeof(*r->attack));
	r->tag = ward_arena_array(&rs->arena, tags ? tags->n_child + 1 : 1, sizeof(*r->tag));
	if (!r->attack || !r->tag)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *c = tags ? tags->child : NULL; c; c = c->next) {
		struct ward_str s = c->text;
		char code[16];

		if (ward_str_starts(s, WARD_STR("ward.")))
			tag_known(r, c, d);
		if (ward_str_starts(s, WARD_STR("attack.")) ||
			ward_str_starts(s, WARD_STR("ward."))) {
			r->tag[r->n_tag] = ward_arena_str(&rs->arena, s);
			if (!r->tag[r->n_tag++].p)
				return WARD_ERR_NOMEM;
		}

		if (!ward_str_starts(s, WARD_STR("attack.t")) || s.len - 7 >= sizeof(code) ||
			s.len < 9 || s.p[8] < '0' || s.p[8] > '9')
			continue;
		memcpy(code, s.p + 7, s.len - 7);
		code[0] = 'T';
		struct ward_str id = ward_arena_str(&rs->arena, (struct ward_str){code, s.len - 7});

		if (!id.p)
			return WARD_ERR_NOMEM;
		r->attack[r->n_attack++] = id;
	}
	return WARD_OK;
}

/* The threat of the first technique that the dictionary knows. */
static uint32_t by_attack(const struct ward_threats *t, const struct ward_rule *r)
{
	for (size_t i = 0; i < r->n_attack; i++) {
		uint32_t at = ward_threats_by_attack(t, r->attack[i]);

		if (at != WARD_NONE)
			return at;
	}
	return WARD_NONE;
}

static enum ward_err meaning_field(struct ward_ruleset *rs, const struct ward_conf *c,
	const char *key, struct ward_diag *d, uint32_t *ret)
{
	struct ward_str s;

	if (!ward_conf_str(c, key, false, d, &s))
		return WARD_OK;
	return ward_ruleset_slot(rs, s, ret);
}

static enum ward_err meaning(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *doc, struct ward_diag *d)
{
	static const char *const known[] = {"threat", "asset", "place", "subject", "actor", "part",
		"stage", "jitter_permille", "without", "not_after", "near", NULL};
	static const char *const for_corr[] = {"jitter_permille", "without", "not_after", "near"};
	const struct ward_conf *c = ward_conf_get(doc, "ward");
	struct ward_meaning m = {WARD_NONE, WARD_NONE, WARD_NONE, WARD_NONE, WARD_NONE, false};
	struct ward_str code = {NULL, 0};
	size_t errors = d->n_error;
	enum ward_err err = techniques(rs, r, ward_conf_get(doc, "tags"), d);

	if (err)
		return err;
	if (rs->threats)
		m.threat = by_attack(rs->threats, r);
	if (c && c->kind != WARD_CONF_MAP)
		ward_rule_refuse(r, d, c->line, WARD_TEXT("ward map"),
			WARD_TEXT("'ward' must be a map\nwrite {threat: …, asset: …}"));
	if (c && c->kind == WARD_CONF_MAP) {
		ward_conf_only(c, known, d);
		for (size_t i = 0; i < WARD_ARRAY_LEN(for_corr); i++)
			if (ward_conf_get(c, for_corr[i]) && !ward_conf_get(doc, "correlation"))
				ward_rule_refuse(r, d, c->line, WARD_TEXT("ward map"),
					WARD_TEXT("%s is for correlations\nremove it"),
					for_corr[i]);
		err = meaning_field(rs, c, "asset", d, &m.asset);
		if (!err)
			err = meaning_field(rs, c, "place", d, &m.place);
		if (!err)
			err = meaning_field(rs, c, "subject", d, &m.subject);
		if (!err)
			err = meaning_field(rs, c, "actor", d, &m.actor);
		(void)ward_conf_str(c, "threat", false, d, &code);
		ward_stage_load(r, c, d);
		(void)ward_conf_bool(c, "part", false, d, &m.part);
	}
	if (code.len && rs->threats) {
		m.threat = ward_threats_find(rs->threats, code);
		if (m.threat == WARD_NONE)
			ward_rule_refuse(r, d, ward_conf_get(c, "threat")->line,
				WARD_TEXT("ward map"),
				WARD_TEXT("the dictionary has no threat '%.*s'\n"
					  "use a code of content/threats.yml"),
				WARD_STR_ARG(code));
	}
	if (d->n_error > errors && !r->refused) {
		r->refused = true;
		r->reason = "ward map";
	}
	r->meaning = m;
	r->silent = m.part;
	r->threat_code = m.threat == WARD_NONE ? (struct ward_str){"", 0}
					       : ward_threats_at(rs->threats, m.threat)->code;
	return err;
}

static void header(struct ward_ruleset *rs, struct ward_rule *r, const struct ward_conf *doc,
	struct ward_diag *d)
{
	const struct ward_conf *tax = ward_conf_get(doc, "taxonomy");

	r->key = r->id.len ? r->id : r->name.len ? r->name : r->title;
	if (!r->title.len)
		ward_rule_refuse(r, d, r->line, WARD_TEXT("no title"),
			WARD_TEXT("a rule needs a title\nadd 'title:'"));
	if (tax && !ward_str_eqz(tax->text, "sigma"))
		ward_rule_refuse(r, d, tax->line, WARD_TEXT("taxonomy"),
			WARD_TEXT(
				"taxonomy '%.*s' is not supported\nwrite the rule in Sigma's own"),
			WARD_STR_ARG(tax->text));
	const struct ward_ref *id = ward_refs_find(rs, r->id, true);
	const struct ward_ref *name = ward_refs_find(rs, r->name, false);

	if (!id && !name)
		return;
	bool by_id = id && (!name || id->first <= name->first);
	const struct ward_rule *o = rs->rule[by_id ? id->first : name->first];

	ward_rule_refuse(r, d, r->line, WARD_TEXT("duplicate"),
		by_id ? WARD_TEXT("id '%.*s' is also that of %.*s:%u\ngive it one of its own")
		      : WARD_TEXT("name '%.*s' is also that of %.*s:%u\ngive it one of its own"),
		WARD_STR_ARG(by_id ? r->id : r->name), WARD_STR_ARG(o->file), o->line);
}

static enum ward_err body(struct ward_ruleset *rs, struct ward_rule *r, const struct ward_conf *doc,
	struct ward_diag *d)
{
	const struct ward_conf *detection = ward_conf_get(doc, "detection");
	bool corr = ward_conf_get(doc, "correlation") != NULL;
	bool filter = ward_conf_get(doc, "filter") != NULL;

	if (ward_conf_get(doc, "action"))
		ward_rule_refuse(r, d, r->line, WARD_TEXT("action (Sigma 1)"),
			WARD_TEXT("'action' is of Sigma 1\nwrite whole documents"));
	else if ((detection != NULL) + corr + filter != 1)
		ward_rule_refuse(r, d, r->line, WARD_TEXT("no detection"),
			WARD_TEXT("a rule has either 'detection', 'correlation' or 'filter'\n"
				  "add or remove one"));
	if (r->refused)
		return WARD_OK;
	return corr     ? ward_rule_load_corr(rs, r, doc, d)
	       : filter ? ward_rule_load_filter(rs, r, doc, d)
			: ward_rule_load_detection(rs, r, doc, detection, d);
}

static bool among(struct ward_str key, const char *const *list)
{
	while (*list && !ward_str_eqz(key, *list))
		list++;
	return *list != NULL;
}

void ward_rule_keys(struct ward_rule *r, const struct ward_conf *map, const char *const *known,
	const char *const *allowed, struct ward_diag *d)
{
	for (const struct ward_conf *c = map->child; c; c = c->next) {
		size_t budget = 64;
		struct ward_near near = ward_near_start(c->key, &budget);

		if (among(c->key, known) || among(c->key, allowed))
			continue;
		for (size_t i = 0; known[i]; i++)
			ward_near_offer(&near, ward_str_z(known[i]));
		if (near.best.len)
			ward_rule_refuse(r, d, c->line, WARD_TEXT("unknown key"),
				WARD_TEXT("there is no key '%.*s' here\nwrite '%.*s'"),
				WARD_STR_ARG(c->key), WARD_STR_ARG(near.best));
		else
			ward_rule_warn(r, d, c->line, WARD_TEXT("unknown key"),
				WARD_TEXT("the key '%.*s' is not of Sigma and changes nothing\n"
					  "remove it, or correct it if it was to say something"),
				WARD_STR_ARG(c->key));
	}
}

/* Sigma lets people add keys of their own, so one that nobody knows is warned of; one that nearly
 * is a known one is a slip of the hand, and what it says would not be in force. */
static void keys_of(struct ward_rule *r, const struct ward_conf *doc, struct ward_diag *d)
{
	static const char *const known[] = {"title", "id", "name", "related", "taxonomy", "status",
		"description", "license", "author", "references", "modified", "logsource",
		"detection", "correlation", "filter", "fields", "falsepositives", "level", "tags",
		"generate", "ward", NULL};
	/* Of the specification too, but near words that people may well use (data, score); then
	 * what SigmaHQ's rules carry beside. */
	static const char *const allowed[] = {"date", "scope", "regression_tests_path",
		"simulation", "enrichment", "new_fields", "action", NULL};

	ward_rule_keys(r, doc, known, allowed, d);
}

enum ward_err ward_rule_load_doc(struct ward_ruleset *rs, const struct ward_conf *doc,
	struct ward_str file, struct ward_diag *d)
{
	if (ward_conf_get(doc, "stages"))
		return ward_stages_load(rs, doc, file, d);
	struct ward_rule *r = ward_arena_alloc(&rs->arena, sizeof(*r));
	enum ward_err err = WARD_OK;
	static const char *const keys[] = {"id", "name", "title", "author", "license"};

	if (!r)
		return WARD_ERR_NOMEM;
	*r = (struct ward_rule){.file = file, .line = doc->line};
	if (doc->kind != WARD_CONF_MAP) {
		ward_diag_addf(d, WARD_DIAG_ERROR, file, doc->line,
			WARD_TEXT("this document is no rule\nwrite a map with title, logsource, "
				  "detection"));
		return WARD_OK;
	}
	struct ward_str *to[] = {&r->id, &r->name, &r->title, &r->author, &r->license};

	for (size_t i = 0; i < WARD_ARRAY_LEN(keys) && !err; i++)
		err = arena_text(rs, doc, keys[i], to[i]);
	if (err)
		return err;
	keys_of(r, doc, d);
	level(r, doc, d);
	header(rs, r, doc, d);
	err = meaning(rs, r, doc, d);
	if (!err)
		err = body(rs, r, doc, d);
	r->print = ward_rule_print(rs, r, doc);
	if (r->corr)
		r->feed = ward_corr_feed(r, doc);
	if (!err)
		err = ward_mem_more(rs->mem, &rs->rule, rs->n_rule, &rs->cap_rule, sizeof(r),
			ward_limit(rs->lim, WARD_LIMIT_DETECT_RULES));
	if (!err)
		err = ward_refs_add(rs, r, (uint32_t)rs->n_rule);
	if (!err)
		rs->rule[rs->n_rule++] = r;
	return err;
}
