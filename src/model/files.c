#include "model/files.h"

#include "conf/conf.h"
#include "model/model_int.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_MAX_BYTES = 4096 };

static int by_name(const void *a, const void *b)
{
	return ward_str_cmp(((const struct ward_model_file *)a)->name,
		((const struct ward_model_file *)b)->name);
}

static enum ward_err read_one(struct ward_arena *a, const char *dir, const char *name,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_model_file *ret)
{
	char path[PATH_MAX_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	ret->name = ward_arena_str(a, ward_str_z(name));
	ret->path = ward_arena_str(a, ward_str_z(path));
	if (!ret->name.p || !ret->path.p)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_conf_read(a, lim, path, diag, &ret->bytes);

	return err == WARD_ERR_NOT_FOUND ? WARD_ERR_IO
	       : err == WARD_ERR_LIMIT   ? WARD_ERR_CONFIG
					 : err;
}

void ward_model_files_sort(struct ward_model_file *f, size_t n)
{
	if (n)
		qsort(f, n, sizeof(*f), by_name);
}

/* Room for one more in the arena; what was there is copied. */
static enum ward_err more(struct ward_model_files *d, struct ward_arena *a, size_t *cap, size_t max)
{
	if (d->n >= max)
		return WARD_ERR_LIMIT;
	if (d->n < *cap)
		return WARD_OK;
	size_t grown = *cap ? *cap * 2 : 16;
	struct ward_model_file *file = ward_arena_array(a, grown, sizeof(*file));

	if (!file)
		return WARD_ERR_NOMEM;
	if (d->n)
		memcpy(file, d->file, d->n * sizeof(*file));
	d->file = file;
	*cap = grown;
	return WARD_OK;
}

/* name: what stands in the slot {name}. */
static void say(struct ward_diag *diag, enum ward_diag_level level, const char *dir,
	const char *what, const char *mend, struct ward_str name)
{
	const struct ward_diag_slot slot = {"name", name};

	ward_diag_say(diag, &(struct ward_diag_item){.level = level,
				    .file = ward_str_z(dir),
				    .what = ward_str_z(what),
				    .mend = ward_str_z(mend),
				    .slot = &slot,
				    .n_slot = 1});
}

bool ward_model_files_elsewhere(struct ward_str name)
{
	static const char *const file[] = {"permits.csv", /* model/permit */
		"care.csv",                               /* care: entries of availability */
		"points.csv",                   /* model/point: what is expected of values */
		"oncall.csv", "recipients.yml", /* respond: who is told */
		"readers.yml",                  /* exchange: who fetches what is laid out */
		"indicators.yml",               /* exchange: where indicators are got */
		"people.yml",                   /* desk: who decides */
		"badges.csv",                   /* desk: which badge is whose, or lost */
		"identifiers.yml", /* comply: what the hospital's own numbers look like */
		"posts.yml",       /* watch: what is handed over */
		"console.yml",     /* run: where the console is served */
		"directory.yml",   /* directory: where the hospital's own is */
		"law.yml",         /* law: whom contracts want told */
		"processing.yml", "processing-decisions.csv", /* processing: the register */
		"machines.yml",   /* run: which programs may ask the API */
		"evacuation.yml", /* evacuate: counts of patients */
		"plan.csv",       /* plan: where rooms lie on a page */
		"actuators.yml"}; /* respond/act: what other systems can be asked to do */

	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++)
		if (ward_str_eqz(name, file[i]))
			return true;
	return false;
}

/* Names only; the files are read in their order afterwards. */
static enum ward_err list_dir(struct ward_model_files *d, struct ward_arena *a, const char *dir,
	const struct ward_limits *lim, struct ward_diag *diag)
{
	size_t cap = 0, max = ward_limit(lim, WARD_LIMIT_MODEL_FILES);
	DIR *open = opendir(dir);
	enum ward_err err = WARD_OK;

	if (!open) {
		say(diag, WARD_DIAG_ERROR, dir, WARD_TEXT("cannot read the directory: {name}"),
			WARD_TEXT("give a hospital directory"), ward_str_z(strerror(errno)));
		return WARD_ERR_IO;
	}
	for (struct dirent *e = readdir(open); e && !err; e = readdir(open)) {
		struct ward_str name = ward_str_z(e->d_name);

		if (e->d_name[0] == '.')
			continue;
		if (ward_str_ends(name, WARD_STR(".yaml")))
			say(diag, WARD_DIAG_WARNING, dir, WARD_TEXT("'{name}' is not read"),
				WARD_TEXT("end its name in .yml"), name);
		if (ward_model_files_elsewhere(name))
			continue;
		if (!ward_str_ends(name, WARD_STR(".yml")) &&
			!ward_str_ends(name, WARD_STR(".csv")))
			continue;
		err = more(d, a, &cap, max);
		if (err)
			break;
		d->file[d->n].name = ward_arena_str(a, name);
		err = d->file[d->n].name.p ? WARD_OK : WARD_ERR_NOMEM;
		d->n++;
	}
	(void)closedir(open);
	if (err == WARD_ERR_LIMIT) {
		say(diag, WARD_DIAG_ERROR, dir,
			WARD_TEXT("more files than the limit model.files allows"),
			WARD_TEXT("join some of them"), WARD_STR(""));
		return WARD_ERR_CONFIG;
	}
	if (!err)
		ward_model_files_sort(d->file, d->n);
	return err;
}

enum ward_err ward_model_files_read(const char *dir, const char *content,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_diag *diag,
	struct ward_model_files *ret)
{
	static const char *const name[2] = {"ontology.yml", "threats.yml"};
	struct ward_model_files d = {.n = 0};
	enum ward_err err = list_dir(&d, a, dir, lim, diag);

	for (size_t i = 0; i < d.n && !err; i++)
		err = read_one(a, dir, d.file[i].name.p, lim, diag, &d.file[i]);
	for (size_t i = 0; i < 2 && !err; i++)
		err = read_one(a, content, name[i], lim, diag, &d.content[i]);
	if (!err)
		*ret = d;
	return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
}

enum ward_err ward_model_load(const char *dir, const char *content, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_model **ret)
{
	struct ward_model_files d;
	struct ward_model *m = NULL;
	struct ward_arena a;

	ward_arena_init(&a, mem, ward_limit(lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_model_files_read(dir, content, lim, &a, diag, &d);

	if (!err)
		err = ward_model_load_files(d.file, d.n, d.content, lim, mem, diag, &m);
	if (m) {
		ward_hours_zone(m, lim, diag);
		*ret = m;
	}
	ward_arena_fini(&a);
	return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
}
