/* ward config flows: what a firewall has to let through. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/flows.h"
#include "cli/lang.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { OUT_MAX = 16 << 20, TO_MAX = 1024 };

struct job {
	const struct ward_cmd *cmd;
	const char *dir, *content, *lang_option, *sensor;
	bool csv, svg, machine;
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_lang *lang;
	struct ward_wr w;
};

static int speak(struct job *j, const char *content, struct ward_str hospital)
{
	const struct ward_cli_lang in = {j->lang_option, content, hospital};

	return ward_cli_lang(j->cmd, &in, &j->lim, &j->lang);
}

static int of_hospital(struct job *j, const char *content, struct ward_flows *f)
{
	const struct ward_cli_lang in = {j->lang_option, content, WARD_STR("")};
	const struct ward_mem *mem = ward_mem_heap();
	struct ward_model *m = NULL;
	enum ward_err err = ward_model_limits(j->dir, mem, &j->diag, &j->lim);

	if (!err)
		err = ward_model_load(j->dir, content, &j->lim, mem, &j->diag, &m);
	if (err)
		return ward_cli_report(j->cmd, err, j->dir, &j->diag, &in, &j->w);
	int rc = speak(j, content, ward_model_hospital(m)->language);

	if (!rc && ward_flows_of(m, j->dir, content, &j->lim, &j->diag, f) != WARD_OK)
		rc = ward_cli_fail(j->cmd, "out of memory");
	ward_model_free(m);
	return rc;
}

/* The address that an enrolment left in the folder, or one that was given. */
static int of_sensor(struct job *j, const char *content, struct ward_flows *f)
{
	char path[PATH_MAX], to[TO_MAX] = "";
	int n = snprintf(path, sizeof(path), "%s/to", j->sensor);
	int fd = n > 0 && n < PATH_MAX ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t len = fd >= 0 ? read(fd, to, sizeof(to) - 1) : 0;

	if (fd >= 0)
		(void)close(fd);
	struct ward_str at = len > 0 ? (struct ward_str){to, (size_t)len} : ward_str_z(j->sensor);

	if (!ward_flows_of_sensor(at, f))
		return ward_cli_usage(j->cmd,
			"--sensor %s: give the folder of a sensor that was enrolled, or where it "
			"sends: https://HOST[:PORT], diode://HOST:PORT",
			j->sensor);
	return speak(j, content, WARD_STR(""));
}

static int work(struct job *j)
{
	static struct ward_flows f;
	const char *content = ward_cli_content(j->cmd, j->content);

	if (!content)
		return WARD_EXIT_RUN;
	int rc = j->sensor ? of_sensor(j, content, &f) : of_hospital(j, content, &f);

	if (rc)
		return rc;
	(j->svg          ? ward_flows_svg
		: j->csv ? ward_flows_csv
			 : ward_flows_markdown)(&f, j->machine, j->lang, &j->w);
	ward_cli_findings(&j->diag, j->dir, j->lang);
	if (f.too_many)
		return ward_cli_fail(j->cmd, "more than %d connections: the others are not shown",
			WARD_FLOWS_MAX);
	if (!ward_cli_put(&j->w, stdout))
		return WARD_EXIT_RUN;
	return j->diag.n_error ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd};
	const struct ward_cli_opt opt[] = {{"--lang", &j.lang_option, NULL},
		{"--content", &j.content, NULL}, {"--sensor", &j.sensor, NULL},
		{"--csv", NULL, &j.csv}, {"--svg", NULL, &j.svg}, {"--machine", NULL, &j.machine}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &j.dir, NULL, NULL, NULL};
	int rc = ward_cli_args(cmd, argc, argv, &args);

	if (rc)
		return rc;
	if (!j.dir == !j.sensor)
		return ward_cli_usage(cmd, "give a hospital directory, or --sensor DIR");
	ward_limits_default(&j.lim);
	ward_diag_init(&j.diag, ward_mem_heap());
	j.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	rc = work(&j);
	ward_lang_free(j.lang);
	ward_wr_fini(&j.w);
	ward_diag_fini(&j.diag);
	return rc;
}

const struct ward_cmd ward_cmd_config_flows = {
	.name = "config flows",
	.summary = "say what a firewall has to let through, and why",
	.help = "usage: ward config flows [--csv | --svg] [--machine] [--lang CODE] HOSPITAL\n"
		"       ward config flows [--csv | --svg] [--lang CODE] --sensor DIR\n\n"
		"Every connection that the hospital directory asks for, as a table: from, to, "
		"port,\n"
		"protocol, encryption, why. Of sources.yml, console.yml, recipients.yml,\n"
		"actuators.yml, directory.yml and indicators.yml; whoever changes them runs it\n"
		"again.\n\n"
		"  --csv          for programs (RFC 4180)\n"
		"  --svg          a picture: who comes in on the left, whom Ward connects to on "
		"the\n"
		"                 right\n"
		"  --machine      also what never leaves the machine\n"
		"  --sensor DIR   of a sensor elsewhere: its folder, once 'ward ship enrol' was "
		"run\n"
		"                 there; or where it sends\n"
		"  --content DIR  content to use\n"
		"  --lang CODE    en, fr, it or nl (default: $WARD_LANG, else the hospital's)\n\n"
		"Exit: 0 done, 1 a file has errors (what is right of it is shown), 2 usage,\n"
		"3 could not run.\n",
	.run = run,
};
