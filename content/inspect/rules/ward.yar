/* Ward's own rules. `says` is for people, `weight` is what a rule adds to the sum (docs/inspect.md). */

rule eicar
{
    meta:
        says = "the test file of antivirus programs (EICAR), which is harmless"
        weight = 100
    strings:
        /* written in two halves, so that this file is none itself */
        $a = /X5O!P%@AP\[4\\PZX54\(P\^\)7CC\)7\}\$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!\$H\+H\*/
    condition:
        $a
}

rule ransom_note
{
    meta:
        says = "a note that asks for a ransom"
        weight = 60
    strings:
        $files = "your files have been encrypted" nocase ascii wide
        $files2 = "all your files are encrypted" nocase ascii wide
        $pay = "bitcoin" nocase ascii wide
        $pay2 = "monero" nocase ascii wide
        $onion = ".onion" nocase ascii wide
        $decrypt = "decrypt" nocase ascii wide
    condition:
        filesize < 100KB and any of ($files*) and $decrypt and ($onion or any of ($pay*))
}

rule powershell_hidden
{
    meta:
        says = "PowerShell that is started without a window and without its policy"
        weight = 40
    strings:
        $ps = "powershell" nocase ascii wide
        $hidden1 = "-w hidden" nocase ascii wide
        $hidden2 = "-win hidden" nocase ascii wide
        $hidden3 = "-windowstyle hidden" nocase ascii wide
        $hidden4 = "-windowstyle h " nocase ascii wide
        $policy1 = "-ep bypass" nocase ascii wide
        $policy2 = "-exec bypass" nocase ascii wide
        $policy3 = "-executionpolicy bypass" nocase ascii wide
        $policy4 = "-executionpolicy unrestricted" nocase ascii wide
        $encoded1 = " -enc " nocase ascii wide
        $encoded2 = " -encodedcommand " nocase ascii wide
        $encoded3 = " -ec " nocase ascii wide
        $encoded4 = " -e JAB" ascii wide
        $encoded5 = " -e SQB" ascii wide
    condition:
        filesize < 5MB and $ps and any of ($hidden*) and (any of ($policy*) or any of ($encoded*))
}

rule web_shell
{
    meta:
        says = "a page that runs on a server whatever it is sent (web shell)"
        weight = 60
    strings:
        $php = "<?php"
        $run = /(eval|assert|system|passthru|shell_exec)\s*\(\s*(base64_decode\s*\(\s*)?\$_(POST|GET|REQUEST|COOKIE)\b/ nocase
        $asp = /\beval\s*\(?\s*request\s*(\.(item|form|querystring)\s*)?[\(\[]\s*["']/ nocase
    condition:
        filesize < 1MB and (($php and $run) or $asp)
}

rule shadow_copies
{
    meta:
        says = "a script that erases backups of Windows, as ransomware does first"
        weight = 50
    strings:
        $a = /vssadmin(\.exe)?\s+delete\s+shadows/ nocase ascii wide
        $b = /wmic(\.exe)?\s+shadowcopy\s+delete/ nocase ascii wide
        $c = /bcdedit(\.exe)?\s+\/set\s+\{?default\}?\s+recoveryenabled\s+no/ nocase ascii wide
        $d = /wbadmin(\.exe)?\s+delete\s+(catalog|systemstatebackup)/ nocase ascii wide
    condition:
        filesize < 20MB and 2 of them
}
