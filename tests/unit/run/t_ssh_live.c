/* The process that asks a system by SSH, in its cage, with OpenSSH's server in the place of the
 * system and this test in that of `act`: what is done, what was done before, what is refused, a
 * server with another key, one that is gone, and an end in between. */
#include "live.h"
#include "run/letter.h"
#include "run/process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000, TEXT = 512, SKIPPED = 77 };

#define SSHD "/usr/sbin/sshd"

struct lab {
	char folder[64], url[TEXT], key[TEXT], secret[TEXT], user[TEXT];
	struct live_process ssh;
	int link[2];
	unsigned port;
	pid_t server;
	uint8_t n;
};

static uint8_t buf[WARD_MSG_MAX], out[WARD_MSG_BODY_MAX];

static void put(const struct lab *l, const char *name, mode_t mode, const char *text)
{
	char path[2 * TEXT];

	(void)snprintf(path, sizeof(path), "%s/%s", l->folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* The shell's; its output is not of interest. */
static void shell(const struct lab *l, const char *what)
{
	int status = 1;
	pid_t child = fork();

	if (child == 0) {
		if (chdir(l->folder) != 0 || !freopen("/dev/null", "w", stdout))
			_exit(126);
		(void)execl("/bin/sh", "sh", "-ec", what, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static unsigned free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(s, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(s, (void *)&at, &len), 0);
	close(s);
	return ntohs(at.sin_port);
}

static bool listens(unsigned port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes = connect(s, (const void *)&at, sizeof(at)) == 0;

	close(s);
	return yes;
}

static void serve(struct lab *l)
{
	char config[2 * TEXT];

	(void)snprintf(config, sizeof(config), "%s/config", l->folder);
	l->server = fork();
	if (l->server == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout))
			_exit(126);
		(void)execl(SSHD, SSHD, "-D", "-f", config, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < PATIENCE_MS / 20 && !listens(l->port); i++)
		(void)poll(NULL, 0, 20);
	assert_true(listens(l->port));
}

static void stop(struct lab *l)
{
	assert_int_equal(kill(l->server, SIGTERM), 0);
	assert_int_equal(waitpid(l->server, NULL, 0), l->server);
	l->server = 0;
}

static void make(struct lab *l)
{
	char text[4 * TEXT];

	live_folder(l->folder, sizeof(l->folder));
	assert_int_equal(chmod(l->folder, 0711), 0);
	shell(l,
		"ssh-keygen -q -t ed25519 -N '' -f server; ssh-keygen -q -t ed25519 -N '' -f other;"
		"ssh-keygen -q -t ecdsa -N '' -f mine; cp mine.pub allowed; echo off >state");
	/* a switch: it knows a port, has a state, and says no to what it does not know */
	put(l, "switch", 0755,
		"#!/bin/sh\ncd \"$(dirname \"$0\")\" || exit 9\n"
		"echo \"$*\" >>log\ncase $1 in\non|off) echo $1 >state ;;\nlook) cat state ;;\n"
		"lie) ;;\ndie) kill -9 $$ ;;\nsleep) sleep 60 ;;\n"
		"*) echo \"no such command: $1\" >&2; exit 3 ;;\nesac\n");
	(void)snprintf(text, sizeof(text),
		"Port %u\nListenAddress 127.0.0.1\nHostKey %s/server\nAuthorizedKeysFile "
		"%s/allowed\n"
		"StrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin yes\n"
		"PasswordAuthentication no\n",
		l->port, l->folder, l->folder);
	put(l, "config", 0600, text);
	(void)snprintf(text, sizeof(text), "127.0.0.1:%u\n", l->port);
	put(l, "url", 0600, text);
}

static void start(struct lab *l, const char *host_key)
{
	const struct passwd *me = getpwuid(getuid());

	assert_non_null(me);
	(void)snprintf(l->url, sizeof(l->url), "url=%s/url", l->folder);
	(void)snprintf(l->key, sizeof(l->key), "host_key=%s/%s", l->folder, host_key);
	(void)snprintf(l->secret, sizeof(l->secret), "secret_file=%s/mine", l->folder);
	(void)snprintf(l->user, sizeof(l->user), "user=%s", me->pw_name);
	l->ssh = (struct live_process){.name = "ssh",
		.arg = {l->url, l->key, l->secret, l->user},
		.fd = {{"act", l->link[1]}}};
	live_start(&l->ssh);
}

static int setup(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	if (getuid() == 0 && mkdir("/run/sshd", 0755) != 0) /* where it drops its rights */
		assert_int_equal(errno, EEXIST);
	l->port = free_port();
	make(l);
	live_pair(l->link);
	serve(l);
	start(l, "server.pub");
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	struct lab *l = *state;

	(void)live_end(&l->ssh, SIGTERM);
	if (l->server)
		stop(l);
	close(l->link[0]);
	close(l->link[1]);
	live_remove(l->folder);
	free(l);
	return 0;
}

/* Waits for a message of that type. */
static void wait_for(struct lab *l, enum ward_msg_type type, struct ward_msg *m)
{
	struct pollfd p = {.fd = l->link[0], .events = POLLIN};

	do {
		if (poll(&p, 1, PATIENCE_MS) != 1)
			fail_msg("no answer");
		live_check(&l->ssh);
		assert_int_equal(ward_msg_recv(l->link[0], buf, m), WARD_OK);
	} while (m->type != type);
}

static void hand_over(struct lab *l, const char *members, bool undo)
{
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	char body[14 * TEXT];

	(void)snprintf(body, sizeof(body), "{\"kind\":\"action\",\"undo\":%s,%s}",
		undo ? "true" : "false", members);
	ward_letter_put(
		&w, &(struct ward_letter){
			    .id = {{++l->n}}, .until = WARD_NS_NEVER, .body = ward_str_z(body)});
	assert_int_equal(ward_msg_send(l->link[0], WARD_MSG_SEND, 0, ward_wr_slice(&w)), WARD_OK);
}

/* `%s` is the switch. */
static struct ward_outcome ask(struct lab *l, const char *run, const char *look, bool undo)
{
	char members[TEXT];
	struct ward_msg m;
	struct ward_outcome o;
	struct ward_id id;

	(void)snprintf(members, sizeof(members),
		look ? "\"run\":\"%s/switch %s\",\"look\":\"%s/switch %s\""
		     : "\"run\":\"%s/switch %s\"",
		l->folder, run, l->folder, look);
	hand_over(l, members, undo);
	wait_for(l, WARD_MSG_SENT, &m);
	assert_int_equal(ward_outcome_get(&m.body, &id, &o), WARD_OK);
	assert_int_equal(id.b[0], l->n);
	return o;
}

static void expect(struct ward_outcome o, enum ward_sent what, const char *why)
{
	if (o.what != what || (why && !strstr(o.why, why)))
		fail_msg("%d: %s", (int)o.what, o.why);
}

static void log_is(const struct lab *l, const char *lines)
{
	char path[2 * TEXT], text[TEXT] = "";

	(void)snprintf(path, sizeof(path), "%s/log", l->folder);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	fclose(f);
	assert_int_equal(unlink(path), 0);
	assert_string_equal(text, lines);
}

static void t_done(void **state)
{
	struct lab *l = *state;

	expect(ask(l, "on port-7", "look port-7", false), WARD_SENT_DELIVERED, NULL);
	log_is(l, "look port-7\non port-7\nlook port-7\n");
	expect(ask(l, "on port-7", "look port-7", false), WARD_SENT_DELIVERED, "so before");
	log_is(l, "look port-7\n");
	expect(ask(l, "off port-7", "look port-7", true), WARD_SENT_DELIVERED, NULL);
	log_is(l, "look port-7\noff port-7\nlook port-7\n");
	expect(ask(l, "on port-7", NULL, false), WARD_SENT_DELIVERED, NULL);
	log_is(l, "on port-7\n");
}

static void t_refused(void **state)
{
	struct lab *l = *state;

	shell(l, "echo off >state");
	expect(ask(l, "burn", NULL, false), WARD_SENT_REFUSED,
		"ended with status 3: no such command: burn");
	expect(ask(l, "lie", "look", false), WARD_SENT_REFUSED, "the state is as before");
	expect(ask(l, "on", "burn", false), WARD_SENT_REFUSED, "neither on nor off");
	expect(ask(l, "die", NULL, false), WARD_SENT_FAILED, "signal ended the command: KILL");
	log_is(l, "burn\nlook\nlie\nlook\nburn\ndie\n");
	hand_over(l, "\"thing\":\"x\"", false);
	struct ward_msg m;
	struct ward_outcome o;
	struct ward_id id;

	wait_for(l, WARD_MSG_SENT, &m);
	assert_int_equal(ward_outcome_get(&m.body, &id, &o), WARD_OK);
	expect(o, WARD_SENT_REFUSED, "no command");
}

/* What it had in hand when it was killed may have been done: who acts is told at once. */
static void t_killed(void **state)
{
	struct lab *l = *state;
	struct ward_msg m;
	char members[TEXT];

	(void)snprintf(members, sizeof(members), "\"run\":\"%s/switch sleep\"", l->folder);
	hand_over(l, members, false);
	for (int i = 0; i < PATIENCE_MS / 20; i++) {
		char path[2 * TEXT];

		(void)snprintf(path, sizeof(path), "%s/log", l->folder);
		if (access(path, F_OK) == 0)
			break;
		(void)poll(NULL, 0, 20);
	}
	log_is(l, "sleep\n");
	(void)live_end(&l->ssh, SIGKILL);
	live_start(&l->ssh);
	wait_for(l, WARD_MSG_AGAIN, &m);
	expect(ask(l, "off", "look", true), WARD_SENT_DELIVERED, NULL);
}

static void t_strangers(void **state)
{
	struct lab *l = *state;

	(void)live_end(&l->ssh, SIGTERM);
	start(l, "other.pub");
	expect(ask(l, "on", NULL, false), WARD_SENT_REFUSED, "another machine may stand");
	(void)live_end(&l->ssh, SIGTERM);
	shell(l, "cp other.pub allowed");
	start(l, "server.pub");
	expect(ask(l, "on", NULL, false), WARD_SENT_REFUSED, "does not let this user in");
	stop(l);
	expect(ask(l, "on", NULL, false), WARD_SENT_FAILED, "refuses connections");
	shell(l, "! grep -q '^on' log");
}

#define NFT "nft %s element inet ward isolated { 10.20.0.72 }"

/* The firewall of docs/acting.md, in a network namespace of its own behind a real nft. */
static void t_firewall(void **state)
{
	struct lab *l = *state;
	char in[2 * TEXT], run[4 * TEXT], look[4 * TEXT], members[12 * TEXT];
	struct ward_msg m;
	struct ward_outcome o;
	struct ward_id id;

	if (getuid() != 0 || access("/usr/sbin/nft", X_OK) != 0)
		skip();
	shell(l, "unshare -n sh -ec 'nft add table inet ward; nft \"add set inet ward isolated "
		 "{ type ipv4_addr; }\"; echo $$ >box; exec sleep 60' & "
		 "until [ -s box ]; do sleep 0.02; done");
	(void)snprintf(in, sizeof(in), "nsenter -n -t $(cat %s/box) ", l->folder);
	(void)snprintf(
		look, sizeof(look), "%s" NFT " >/dev/null 2>&1 && echo on || echo off", in, "get");
	for (int i = 0; i < 4; i++) { /* done, done already, undone, undone already */
		(void)snprintf(run, sizeof(run), "%s" NFT, in, i < 2 ? "add" : "delete");
		(void)snprintf(
			members, sizeof(members), "\"run\":\"%s\",\"look\":\"%s\"", run, look);
		hand_over(l, members, i >= 2);
		wait_for(l, WARD_MSG_SENT, &m);
		assert_int_equal(ward_outcome_get(&m.body, &id, &o), WARD_OK);
		expect(o, WARD_SENT_DELIVERED, i & 1 ? "so before" : "");
	}
	shell(l, "kill $(cat box)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_done),
		cmocka_unit_test(t_refused),
		cmocka_unit_test(t_firewall),
		cmocka_unit_test(t_killed),
		cmocka_unit_test(t_strangers),
	};

	if (access(SSHD, X_OK) != 0) {
		puts("skipped: no " SSHD " (openssh-server)");
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}
