# Deutsch. Ton: ein guter Kollege am Schalter. Jede Meldung ist ein Ganzes; nichts wird aus Teilen geklebt.

## Rahmen
skip = Zum Hauptteil springen
account-help = Hilfe zum Konto
language = Sprache:
page-title = { $title } – { $organization }
page-title-error = Fehler: { $title } – { $organization }
steps-label = Schritte
step-account = Ihr Konto
step-check = Prüfung
step-password = Neues Kennwort
step-done = (erledigt)
account-label = Konto:
not-you = Nicht Sie?
error-word = Fehler:
support-code = Supportcode
block-summary = Was Sie senden, wenn Sie um Hilfe bitten
block-copy = Diese Zeilen kopieren
block-copied = Kopiert
block-code = Supportcode: { $code }
block-page = Seite: { $page }
block-date = Datum: { $date }
block-time = Uhrzeit: { $time } ({ $zone }), { $utc }
block-user = Benutzer-ID: { $user }
block-sspr = Code: { $sspr }
technical-line = Technische Zeile für die Administration
link-start = Neu beginnen
link-contact = An die Administration schreiben
link-helpdesk = Den Helpdesk fragen
link-help = Hilfe, und wen Sie fragen können
link-sign-in = Anmelden
link-back = Zurück zu Ihrem Stand
what-now = Was Sie jetzt tun können
give-code = Nennen Sie dort den Supportcode unten. Er zeigt den Grund, Sie müssen nichts erklären.

## Datum und Uhrzeit
date = { $weekday ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
  }, { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
  } { $year }
time-here = { $clock } Uhr ({ $zone }, UTC{ $offset })
time-tomorrow = morgen um { $clock } Uhr ({ $zone }, UTC{ $offset })
time-on-date = { $date }, { $clock } Uhr ({ $zone }, UTC{ $offset })
time-short = { $clock } Uhr ({ $zone })

## Verdeckte Kontaktdaten
mask-phone = Nummer, die auf { $ending } endet
mask-email = Adresse, die mit { $first } beginnt, bei einer Domäne, die mit { $domain } beginnt
mask-other = verdeckte Kontaktangabe

## Seitennamen, wie sie in den Zeilen zum Senden stehen
page-who = Zurücksetzen: Ihr Konto
page-waiting = Zurücksetzen: kurze Wartezeit
page-trouble = Zurücksetzen: woran es liegt
page-locked = Zurücksetzen: gesperrtes Konto
page-choose = Zurücksetzen: Prüfung wählen
page-phone = Zurücksetzen: Telefonnummer ergänzen
page-challenge = Zurücksetzen: Code eingeben
page-questions = Zurücksetzen: Sicherheitsfragen
page-password = Zurücksetzen: neues Kennwort
page-writing = Zurücksetzen: Kennwort wird gespeichert
page-unconfirmed = Zurücksetzen: nicht bestätigt
page-done = Zurücksetzen: fertig
page-refused = Zurücksetzen: nicht möglich
page-could-not-verify = Zurücksetzen: Konto nicht bestätigt
page-throttled = Zurücksetzen: Pause
page-lapsed = Zurücksetzen: Zeit abgelaufen
page-cancelled = Zurücksetzen: abgebrochen
page-contact = Zurücksetzen: an die Administration schreiben
page-stale = Zurücksetzen: Seite veraltet
page-error = Fehlerseite
page-help = Hilfe
page-outbox = Demo: Nachrichten

## Wer sind Sie
who-title = Zurück in Ihr Konto
who-lead = Es dauert etwa zwei Minuten. Halten Sie Ihr Telefon oder Ihr privates Postfach bereit.
who-label = Benutzer-ID
who-hint = Der Name, mit dem Sie sich anmelden, oft Ihre dienstliche E-Mail-Adresse
who-hint-example = Der Name, mit dem Sie sich anmelden, etwa { $example }
who-continue = Weiter
who-change = Ich weiß mein Kennwort und möchte es ändern
who-error-empty = Geben Sie Ihre Benutzer-ID ein. Das ist der Name, mit dem Sie sich anmelden, oft Ihre dienstliche E-Mail-Adresse.
who-error-shape = Eine Benutzer-ID sieht aus wie { $example }. Achten Sie auf fehlende Teile, Leerzeichen oder ein Zeichen zu viel.
who-error-long = Das ist länger, als eine Benutzer-ID sein kann. Geben Sie nur den Namen ein, mit dem Sie sich anmelden.
who-error-human = Wir konnten noch nicht erkennen, dass ein Mensch fragt. Drücken Sie noch einmal auf Weiter.
who-busy = Einen Moment

## Warten ohne Skript
waiting-title = Kurz warten: { $seconds } Sekunden
waiting-lead = Ihr Browser führt hier kein Skript aus, darum warten wir stattdessen einen Moment. Das hindert Programme daran, nach vielen Konten zugleich zu fragen.
waiting-act = Zählen Sie bis { $seconds } und gehen Sie dann weiter. Ihre Eingabe bleibt erhalten.
waiting-continue = Weiter

## Art des Problems, gesperrtes Konto
trouble-title = Was hält Sie auf?
trouble-lead = Wählen Sie, was am besten passt. Sie können zurückgehen und das andere wählen.
trouble-forgot = Ich weiß mein Kennwort nicht
trouble-forgot-small = Wir prüfen, dass Sie es sind, dann setzen Sie ein neues
trouble-locked = Ich weiß mein Kennwort, aber das Konto ist gesperrt
trouble-locked-small = Wir sehen nach, was sich entsperren lässt
locked-title = Hier gibt es nichts zu entsperren
locked-lead = Dieses Konto wird nie lange gesperrt: nach einigen falschen Kennwörtern wartet es nur ein paar Minuten. Ihr Kennwort ist noch dasselbe.
locked-wait = Warten Sie 15 Minuten und melden Sie sich dann mit dem Kennwort an, das Sie kennen. Achten Sie darauf, dass die Feststelltaste aus ist.
locked-reset = Geht es dann immer noch nicht, setzen Sie ein neues Kennwort. Auch das beendet die Wartezeit.
locked-button = Neues Kennwort setzen

## Prüfung wählen
gate = { $number ->
    [1] Erste von zwei Prüfungen
   *[2] Zweite von zwei Prüfungen
  }
choose-title = Wie können wir prüfen, dass Sie es sind?
choose-title-second = Wie können wir ein zweites Mal prüfen?
choose-lead = Wählen Sie, was Sie gerade bei sich haben.
choose-lead-second = Eine Prüfung ist geschafft. Wählen Sie für die zweite eine andere Art.
choose-none = Ich habe nichts davon bei mir
choose-cancel = Abbrechen und das Kennwort lassen, wie es ist
choose-note-burnt = Nach 3 falschen Versuchen zählt jener Code nicht mehr. Wählen Sie noch einmal, Sie bekommen einen neuen.
choose-note-expired = Die Zeit jenes Codes ist um. Wählen Sie noch einmal, Sie bekommen einen neuen.
choose-note-paused = Zum Schutz des Kontos pausieren { $family } bis { $until }. Diese Wege gehen weiterhin.
choose-note-not-offered = Dieser Weg wird gerade nicht angeboten. Wählen Sie einen anderen.
method-app-title = Authenticator-App
method-app-small = Zeigt einen Code, auch ohne Empfang
method-sms-title = SMS
method-sms-small = Wir senden einen Code an { $mask }
method-voice-mobile-title = Anruf
method-voice-mobile-small = Wir rufen { $mask } an und lesen einen Code vor
method-voice-office-title = Anruf am Bürotelefon
method-voice-office-small = Wir rufen { $mask } an und lesen einen Code vor
method-email-title = Private E-Mail
method-email-small = Wir senden einen Code an { $mask }
method-questions-title = Sicherheitsfragen
method-questions-small = Beantworten Sie die Fragen, die Sie selbst gewählt haben

## Telefonnummer ergänzen
phone-title = Welche Nummer ist es?
phone-lead = Wir kennen eine Nummer, die so endet: { $mask }. Geben Sie sie vollständig ein, damit wir sehen, dass es Ihre ist.
phone-label = Ihre vollständige Telefonnummer
phone-hint = Mit Landesvorwahl, etwa { $example }
phone-send-text = SMS senden
phone-send-call = Mich anrufen
phone-error-empty = Geben Sie die ganze Nummer mit Landesvorwahl ein, etwa { $example }.
phone-error-shape = Beginnen Sie mit + und der Landesvorwahl, dann die Nummer mit Ortsvorwahl, etwa { $example }. Keine Buchstaben und kein (0).
phone-error-mismatch = Das ist nicht die Nummer, die wir kennen. Geben Sie sie vollständig ein, mit Landesvorwahl und Ortsvorwahl. Das zählt als ein Versuch.

## Code eingeben
challenge-title-sms = Geben Sie den Code von Ihrem Telefon ein
challenge-title-voice = Geben Sie den Code aus dem Anruf ein
challenge-title-email = Geben Sie den Code aus Ihrer E-Mail ein
challenge-title-app = Geben Sie den Code aus Ihrer App ein
challenge-lead-sms = Wir haben eine SMS an { $mask } gesendet.
challenge-lead-voice = Wir rufen { $mask } an und lesen den Code zweimal vor.
challenge-lead-email = Wir haben ihn an Ihr privates Postfach { $mask } gesendet.
challenge-lead-app = Öffnen Sie Ihre Authenticator-App und suchen Sie dort { $organization }.
challenge-label = Code mit { $digits } Ziffern
challenge-hint = Er gilt bis { $until }. Sie können ihn einfügen.
challenge-hint-app = Die App zeigt alle 30 Sekunden einen neuen. Sie können ihn einfügen.
challenge-mark = In der Nachricht stehen die Buchstaben { $mark }. Daran sehen Sie, dass sie zu dieser Seite gehört.
challenge-tries = { $tries ->
    [one] Für diesen Code haben Sie noch 1 Versuch.
   *[other] Für diesen Code haben Sie noch { $tries } Versuche.
  }
challenge-continue = Weiter
challenge-error-empty = Geben Sie die { $digits } Ziffern des Codes ein.
challenge-error-shape = Der Code hat { $digits } Ziffern und sonst nichts. Leerzeichen stören nicht.
challenge-error-wrong = { $tries ->
    [one] Das ist nicht der Code, den wir gesendet haben. Suchen Sie die neueste Nachricht und geben Sie deren Ziffern ein. Sie haben noch 1 Versuch.
   *[other] Das ist nicht der Code, den wir gesendet haben. Suchen Sie die neueste Nachricht und geben Sie deren Ziffern ein. Sie haben noch { $tries } Versuche.
  }
challenge-error-wrong-app = { $tries ->
    [one] Das ist nicht der Code, den die App für dieses Konto zeigt. Warten Sie auf den nächsten und prüfen Sie, ob die Uhr des Telefons stimmt. Sie haben noch 1 Versuch.
   *[other] Das ist nicht der Code, den die App für dieses Konto zeigt. Warten Sie auf den nächsten und prüfen Sie, ob die Uhr des Telefons stimmt. Sie haben noch { $tries } Versuche.
  }
challenge-error-used = Dieser Code wurde schon benutzt. Warten Sie, bis die App den nächsten zeigt.
challenge-error-expired = Die Zeit dieses Codes ist um. Lassen Sie sich einen neuen senden.
challenge-late-title = Noch kein Code?
challenge-late-soon = Die meisten Codes kommen in 10 Sekunden an.
challenge-late-now = Sie können jetzt einen neuen Code bekommen.
challenge-sending = Die Nachricht ist unterwegs.
challenge-accepted = Der Mailserver hat die Nachricht angenommen.
challenge-accepted-sms = Das Mobilfunknetz hat die Nachricht angenommen.
challenge-accepted-voice = Das Telefonnetz hat den Anruf angenommen.
challenge-failed = Die Nachricht konnte uns nicht verlassen. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.
challenge-advice-sender = Suchen Sie eine Nachricht von { $sender } mit dem Betreff „{ $subject }“.
challenge-advice-junk = Sehen Sie auch im Spam-Ordner nach.
challenge-advice-mailbox = Ist das noch Ihr Postfach? Wenn nicht, wählen Sie einen anderen Weg.
challenge-advice-signal = Ist das Telefon eingeschaltet, und hat es Empfang?
challenge-advice-number = Ist { $mask } noch Ihre Nummer? Wenn nicht, wählen Sie einen anderen Weg.
challenge-advice-call = Der Anruf kann von einer fremden Nummer kommen. Nehmen Sie ihn an und halten Sie etwas zum Schreiben bereit.
challenge-advice-app = Keine App zur Hand, oder ein neues Telefon? Wählen Sie einen anderen Weg.
challenge-again = Neuen Code senden
challenge-again-call = Noch einmal anrufen
challenge-another = Anders prüfen
challenge-new-kills = Ein neuer Code ersetzt den vorigen.
challenge-resent = Ein neuer Code ist unterwegs. Der vorige zählt nicht mehr.
challenge-wait = In wenigen Sekunden können wir einen neuen Code senden. Gezählt wurde nichts.
challenge-limit = Wir haben so viele Codes dorthin gesendet, wie wir vorerst dürfen. Der nächste kann ab { $until } gesendet werden. Wählen Sie bis dahin einen anderen Weg.

## Sicherheitsfragen
questions-title = Beantworten Sie Ihre Sicherheitsfragen
questions-lead = Schreiben Sie die Antworten so, wie Sie sie hinterlegt haben. Großschreibung und zusätzliche Leerzeichen spielen keine Rolle.
questions-error-title = Sehen Sie Ihre Antworten noch einmal durch
questions-error-wrong = { $tries ->
    [one] Mindestens eine Antwort weicht von der hinterlegten ab. Zu Ihrem Schutz sagen wir nicht, welche. Sie haben noch 1 Versuch.
   *[other] Mindestens eine Antwort weicht von der hinterlegten ab. Zu Ihrem Schutz sagen wir nicht, welche. Sie haben noch { $tries } Versuche.
  }
questions-error-empty = Schreiben Sie zu jeder Frage eine Antwort.
questions-tries = { $tries ->
    [one] Sie haben noch 1 Versuch.
   *[other] Sie haben noch { $tries } Versuche.
  }
questions-continue = Weiter

## Neues Kennwort
password-title = Wählen Sie ein neues Kennwort
password-lead = Drei oder vier Wörter ohne Zusammenhang kann man sich gut merken und schwer erraten.
password-label = Neues Kennwort
password-show = Zeigen
password-hide = Verdecken
password-show-label = Kennwort zeigen
password-hide-label = Kennwort verdecken
password-again = Dasselbe Kennwort noch einmal
password-save = Neues Kennwort speichern
password-saving = Ihr Kennwort wird gespeichert
password-keep = Abbrechen und das Kennwort lassen, wie es ist
password-rules = Regeln für Ihr Konto
password-set-by = Festgelegt von { $owner }.
password-met-count = Bisher { $met } von { $all } erfüllt.
password-met = Erfüllt:
password-not-met = Nicht erfüllt:
password-later = Das prüfen wir beim Speichern:
password-problems = { $count ->
    [one] Eines ist zu ändern
   *[other] { $count } Dinge sind zu ändern
  }
password-user-label = Benutzer-ID
rule-min-length = Mindestens { $n } Zeichen
rule-max-length = Höchstens { $n } Zeichen
rule-classes = { $n } von diesen vier: Kleinbuchstabe, Großbuchstabe, Ziffer, anderes Zeichen
rule-no-name = Ohne Ihren Namen, Ihre Benutzer-ID oder { $organization }
rule-not-last = { $n ->
    [one] Nicht das Kennwort, das Sie jetzt haben
   *[other] Keines Ihrer letzten { $n } Kennwörter
  }
rule-not-common = Kein häufiges oder bekannt gewordenes Kennwort
rule-plain-signs = Nur Zeichen, die man tippen kann, nichts Unsichtbares
rule-history-unenforced = Ein altes Kennwort: Ihr Verzeichnis prüft das beim Zurücksetzen nicht. Wählen Sie trotzdem ein neues
problem-empty = Geben Sie ein neues Kennwort ein.
problem-too-short = Die Regeln verlangen { $want } Zeichen, Ihres hat { $have }.
problem-too-long = Die Regeln erlauben { $want } Zeichen, Ihres hat { $have }.
problem-classes = Die Regeln verlangen { $want } Arten von Zeichen (Kleinbuchstabe, Großbuchstabe, Ziffer, anderes Zeichen), Ihres hat { $have }.
problem-signs = Darin steht ein unsichtbares Zeichen, vielleicht vom Kopieren. Tippen Sie es von Hand.
problem-common = Dieses Kennwort ähnelt einem Wort, das Angreifer zuerst versuchen. Wählen Sie ein anderes; Ihrem Konto ist nichts geschehen.
problem-breached = Dieses Kennwort steht auf einer Liste, die Angreifer zuerst versuchen. Wählen Sie ein anderes; Ihrem Konto ist nichts geschehen.
problem-organization-term = Ihre Organisation lässt ein Wort darin nicht zu: „{ $found }“. Lassen Sie es weg.
problem-name = Darin steht ein Name, den andere kennen: „{ $found }“. Lassen Sie ihn weg.
problem-weak = Zu viel davon ist leicht zu erraten. Fügen Sie ein oder zwei Wörter ohne Zusammenhang hinzu.
problem-same = Dieses Kennwort hatten Sie schon. Wählen Sie eines, das Sie hier noch nicht benutzt haben.
problem-directory-length = Ihr Verzeichnis findet es zu kurz. Fügen Sie noch ein Wort hinzu.
problem-directory-complexity = Ihr Verzeichnis verlangt mehr Arten von Zeichen: Kleinbuchstaben, Großbuchstaben, Ziffern, andere.
problem-directory-history = Ihr Verzeichnis kennt dieses Kennwort von früher. Wählen Sie eines, das Sie hier noch nicht benutzt haben.
problem-directory-age = Ihr Verzeichnis lässt ein Kennwort erst nach einiger Zeit wieder ändern, und die letzte Änderung ist zu frisch. Versuchen Sie es später oder fragen Sie die Stelle unten.
problem-directory-filter = Ein Filter Ihres Verzeichnisses hat es abgelehnt. Wählen Sie eines ohne häufige Wörter.
problem-directory-other = Ihr Verzeichnis hat es abgelehnt. Wählen Sie ein längeres mit mehreren Arten von Zeichen.
problem-confirm = Die beiden sind nicht gleich. Geben Sie das neue Kennwort in beide Felder ein.

## Speichern, nicht bestätigt, fertig
writing-title = Wir speichern Ihr neues Kennwort
writing-lead = Ihr Verzeichnis hat bis zu 25 Sekunden Zeit für die Antwort. Sie können diese Seite offen lassen, nichts geht verloren.
writing-look = Noch einmal nachsehen
unconfirmed-title = Wir konnten nicht bestätigen, ob Ihr neues Kennwort gilt
unconfirmed-lead = Ihr Verzeichnis hat den Auftrag angenommen und nicht geantwortet. Wir sehen in einer Minute noch einmal nach und schreiben Ihnen.
unconfirmed-try = Melden Sie sich zuerst mit dem neuen Kennwort an, dann mit dem alten. Eines von beiden gilt.
unconfirmed-wait = Beginnen Sie jetzt kein neues Zurücksetzen. Es könnte diesem in die Quere kommen.
unconfirmed-look = Noch einmal nachsehen
unconfirmed-mail = Wir schreiben an { $mask }
done-reset-title = Ihr neues Kennwort gilt
done-unlock-title = Ihr Konto ist entsperrt
done-saved = Wir haben es um { $time } gespeichert und uns vergewissert, dass es gilt.
done-saved-in = Wir haben es um { $time } in { $directory } gespeichert und uns vergewissert, dass es gilt.
done-unlock-lead = Wir haben es um { $time } entsperrt. Ihr Kennwort ist dasselbe wie zuvor.
done-also-unlocked = Ihr Konto ist entsperrt.
done-next-title = Bevor Sie weiterarbeiten
done-next-phone-title = Telefon und Tablet.
done-next-phone = Geben Sie das neue Kennwort dort ein, wo Mail und Kalender danach fragen. Ein altes, gespeichertes Kennwort kann das Konto wieder sperren.
done-next-computer-title = Andere Computer.
done-next-computer = Melden Sie sich ab und mit dem neuen Kennwort wieder an, damit nichts das alte versucht.
done-not-you = Waren Sie das nicht?
done-notice = Wir haben eine Nachricht an { $mask } gesendet.
done-notice-more = { $count ->
    [one] Wir haben eine Nachricht an { $mask } und an 1 weitere Adresse gesendet.
   *[other] Wir haben eine Nachricht an { $mask } und an { $count } weitere Adressen gesendet.
  }
done-not-you-act = Sagen Sie sofort dem Helpdesk Bescheid und nennen Sie den Supportcode unten.

## Seiten mit einem Weg weiter
could-not-verify-title = Wir konnten dieses Konto nicht bestätigen
could-not-verify-lead = Prüfen Sie zuerst die Schreibweise. Ihre Eingabe steht oben.
could-not-verify-shape = Ihre Benutzer-ID ist der Name, mit dem Sie sich anmelden, oft Ihre dienstliche E-Mail-Adresse, mit allem hinter dem @.
could-not-verify-again = Benutzer-ID berichtigen
throttled-title = Zum Schutz des Kontos machen wir eine Pause
throttled-lead-phone = Prüfungen per Telefon pausieren bis { $until }.
throttled-lead-email = Prüfungen per E-Mail pausieren bis { $until }.
throttled-lead-app = Prüfungen per Authenticator-App pausieren bis { $until }.
throttled-lead-questions = Sicherheitsfragen pausieren bis { $until }.
throttled-lead-account = Das Zurücksetzen dieses Kontos pausiert bis { $until }.
throttled-lead-source = Von diesem Anschluss kamen zu viele Versuche. Versuchen Sie es ab { $until } wieder.
throttled-why = Es gab zu viele Versuche. Ihr Kennwort ist unverändert, und das Anmelden damit ist nicht betroffen.
throttled-others = Eine andere Prüfung geht noch. Nehmen Sie jetzt diese.
throttled-person = Der Helpdesk kann Ihnen früher helfen.
family-phone = Prüfungen per Telefon
family-email = Prüfungen per E-Mail
family-app = Prüfungen per Authenticator-App
family-questions = Sicherheitsfragen
lapsed-title = Die 15 Minuten sind um
lapsed-lead = Zu Ihrem Schutz bleibt das Zurücksetzen 15 Minuten lang offen. Ihr Kennwort ist unverändert.
lapsed-act = Beginnen Sie neu. Es dauert etwa zwei Minuten, und nur die Codes sind neu.
cancelled-title = Abgebrochen. Ihr Kennwort ist unverändert
cancelled-lead = Nichts wurde gespeichert. Die gesendeten Codes zählen nicht mehr.
stale-title = Diese Seite ist veraltet
stale-lead = Sie haben in einem anderen Fenster weitergemacht oder zweimal gedrückt. Nichts ging verloren, und nichts geschah doppelt.
stale-act = Zur aktuellen Seite
contact-title = An die Administration schreiben?
contact-lead = Wir senden ihr eine Nachricht, dass Sie Hilfe beim Anmelden brauchen. Darin stehen Ihre Benutzer-ID, der Supportcode, Ihre letzte Seite und die Uhrzeit.
contact-reply = Sie antwortet auf den Wegen, die sie von Ihnen kennt. Nach einem Kennwort oder Code fragt sie nie.
contact-send = Nachricht senden
contact-back = Zurück, ohne zu senden
contact-sent-title = Die Administration kümmert sich darum
contact-sent-lead = Wenn wir das Konto erkannt haben, ist die Nachricht unterwegs. Halten Sie den Supportcode bereit.
contact-already-title = Ihre Nachricht liegt schon vor
contact-already-lead = Eine Nachricht in der Stunde genügt: Ihre ist angekommen. Halten Sie den Supportcode bereit.

## Fehlerseiten
error-400-title = Das konnten wir nicht lesen
error-400-lead = Etwas im Formular kam unvollständig oder verändert an. Nichts wurde geändert.
error-400-act = Gehen Sie zurück und senden Sie es noch einmal. Bleibt es so, beginnen Sie neu.
error-403-title = Das kam von einer anderen Seite
error-403-lead = Zu Ihrem Schutz nehmen wir Formulare nur von unseren eigenen Seiten an. Nichts wurde geändert.
error-403-act = Öffnen Sie diese Seite über ihre Adresse und versuchen Sie es dort noch einmal.
error-404-title = Diese Seite gibt es hier nicht
error-404-lead = Die Adresse stimmt nicht, oder das Zurücksetzen wurde in einem anderen Browser begonnen.
error-404-act = Machen Sie in dem Browser weiter, in dem Sie begonnen haben, oder beginnen Sie hier neu.
error-405-title = Diese Adresse funktioniert anders
error-405-lead = Die Seite wurde auf eine Weise angefragt, auf die sie nicht antwortet. Nichts wurde geändert.
error-405-act = Beginnen Sie auf der ersten Seite neu.
error-413-title = Das war zu viel
error-413-lead = Was gesendet wurde, ist größer als jedes unserer Formulare. Nichts wurde geändert.
error-413-act = Gehen Sie zurück und kürzen Sie es.
error-421-title = Das ist nicht die Adresse dieses Dienstes
error-421-lead = Auf den Namen in Ihrer Adresszeile hören wir nicht. Nichts wurde geändert.
error-421-act = Nehmen Sie die Adresse, die Sie von Ihrer Organisation haben.
error-429-title = Zu viel auf einmal
error-429-lead = Von diesem Anschluss kamen in kurzer Zeit viele Anfragen. Nichts wurde geändert.
error-429-act = Warten Sie eine Minute und versuchen Sie es dann wieder.
error-500-title = Bei uns ist etwas kaputtgegangen
error-500-lead = Es liegt nicht an Ihnen. Nichts ist halb erledigt, und Sie können es gefahrlos noch einmal versuchen.
error-500-act = Versuchen Sie es noch einmal. Geschieht es wieder, nennen Sie dem Helpdesk den Supportcode.
error-503-title = Das geht gerade nicht
error-503-lead = Ein Teil des Dienstes antwortet nicht. Nichts ist halb erledigt, und Sie können es gefahrlos noch einmal versuchen.
error-503-act = Versuchen Sie es in einer Minute wieder. Bleibt es so, nennen Sie dem Helpdesk den Supportcode.

## Hilfe
help-title = Hilfe zu den Codes
help-lead = Jedes „Nein“ hat einen Code. Hier steht, was jeder bedeutet und wer helfen kann.
help-code-list = Alle Codes
help-happened = Was geschehen ist
help-do = Was Sie tun können
help-who = Wer helfen kann
help-admin = Für die Administration
help-all = Alle Codes
help-title-code = { $code }: { $title }

## Postausgang der Demo
outbox-title = Nachrichten der Demo
outbox-lead = Nichts verlässt diesen Rechner. Was gesendet worden wäre, steht hier, das Neueste zuerst.
outbox-empty = Noch wurde nichts gesendet
outbox-empty-act = Beginnen Sie ein Zurücksetzen; die Codes erscheinen hier.
outbox-reload = Noch einmal nachsehen
outbox-start = Zur Seite zum Zurücksetzen
outbox-mail = E-Mail
outbox-sms = SMS
outbox-voice = Anruf
outbox-subject = Betreff
outbox-sent = Gesendet
outbox-person = Alles hier ist erfunden. Fragen zu Readmit beantwortet die Dokumentation

## Codes
code-0009-title = Das Zurücksetzen ist hier ausgeschaltet
code-0009-happened = { $organization } hat das selbständige Zurücksetzen für dieses Konto ausgeschaltet. Sie haben nichts falsch gemacht, und mit dem Konto ist alles in Ordnung.
code-0009-act = Bitten Sie den Helpdesk, Ihr Kennwort zurückzusetzen.
code-0009-who = Die Administration kann es einschalten; der Helpdesk kann Ihnen heute helfen.
code-0009-technical = Das Zurücksetzen ist für diese Organisation aus (Bereich „niemand“), oder Administratoren dürfen es nicht nutzen.
code-0009-remedy = Den Bereich auf ausgewählte Gruppen oder alle stellen. Für Administratoren das Zurücksetzen in der Administratorrichtlinie erlauben.
code-0010-title = Ein Teil des Zurücksetzens ist nicht eingeschaltet
code-0010-happened = Ihr Kennwort liegt in einem Verzeichnis innerhalb von { $organization }, und das Schreiben dorthin ist nicht eingeschaltet.
code-0010-act = Bitten Sie den Helpdesk, Ihr Kennwort zurückzusetzen.
code-0010-who = Die Administration kann das Zurückschreiben einschalten; der Helpdesk kann Ihnen heute helfen.
code-0010-technical = Das Kennwort des Kontos wird lokal verwaltet, und das Zurückschreiben ist nicht eingeschaltet.
code-0010-remedy = Das Zurückschreiben in der Richtlinie einschalten und einen Agenten für das Verzeichnis dieses Kontos verbinden.
code-0011-title = Das Zurücksetzen ist hier noch nicht eingerichtet
code-0011-happened = { $organization } hat noch nicht festgelegt, wie man sein Kennwort zurücksetzt. Mit Ihrem Konto ist alles in Ordnung.
code-0011-act = Bitten Sie den Helpdesk, Ihr Kennwort zurückzusetzen.
code-0011-who = Die Administration kann es einrichten; der Helpdesk kann Ihnen heute helfen.
code-0011-technical = Für diese Organisation ist keine Richtlinie zum Zurücksetzen festgelegt.
code-0011-remedy = Eine Richtlinie festlegen; am kürzesten geht es mit einer Vorlage.
code-0012-title = Ihrem Konto fehlt dafür eine Lizenz
code-0012-happened = Das Zurücksetzen braucht eine Lizenz, und { $organization } hat Ihrem Konto keine gegeben. Sie haben nichts falsch gemacht.
code-0012-act = Bitten Sie den Helpdesk, Ihr Kennwort zurückzusetzen.
code-0012-who = Die Administration kann die Lizenz zuweisen; der Helpdesk kann Ihnen heute helfen.
code-0012-technical = Lizenzen sind Pflicht, und das Konto hat keine mit dem Dienst zum Zurücksetzen.
code-0012-remedy = Einen passenden Plan zuweisen, direkt oder über eine Gruppe, in der das Konto direktes Mitglied ist.
code-0013-title = Dieses Konto kann sich noch nicht selbst zurücksetzen
code-0013-happened = Sie haben nichts falsch gemacht. { $organization } öffnet das Zurücksetzen Gruppe für Gruppe, und dieses Konto ist in keiner davon. Mit dem Konto selbst ist alles in Ordnung.
code-0013-act = Bitten Sie den Helpdesk, Ihr Kennwort zurückzusetzen.
code-0013-who = Die Administration kann Sie in eine Gruppe aufnehmen; der Helpdesk kann Ihnen heute helfen.
code-0013-technical = Das Konto ist in keiner Gruppe, für die das Zurücksetzen eingeschaltet ist, oder in einer ausgeschlossenen.
code-0013-remedy = Das Konto in eine der Gruppen aufnehmen, aus der ausgeschlossenen nehmen oder den Bereich erweitern.
code-0014-title = Wir wissen zu wenig, um zu prüfen, dass Sie es sind
code-0014-happened = Vor dem Zurücksetzen prüfen wir Sie mit Methoden, die Sie vorher hinterlegt haben. Bei diesem Konto gehen davon zu wenige.
code-0014-act = Bitten Sie den Helpdesk, Ihnen heute zu helfen. Hinterlegen Sie danach eine weitere Methode bei Ihren Sicherheitsangaben, dann geht es beim nächsten Mal.
code-0014-who = Der Helpdesk kann Sie hineinlassen oder eine Methode für Sie hinterlegen.
code-0014-technical = Das Konto hat weniger brauchbare Methoden, als die Richtlinie verlangt: sie fehlen, sind fehlerhaft, nicht erlaubt oder nur von einer Art.
code-0014-remedy = Die Person registrieren lassen oder eine Methode für sie hinterlegen. Die Fehlersuche nennt die Angabe, die fehlt oder fehlerhaft ist.
code-0029-title = Ihr Verzeichnis hat das neue Kennwort nicht angenommen
code-0029-happened = Das Verzeichnis von { $organization } hat die Änderung an diesem Konto abgelehnt. Ihr altes Kennwort gilt weiter.
code-0029-act = Bitten Sie den Helpdesk, Ihr Kennwort zurückzusetzen, und nennen Sie den Supportcode.
code-0029-who = Die Administration des Verzeichnisses muss nachsehen.
code-0029-technical = Das Verzeichnis hat aus einem anderen Grund als seinen Kennwortregeln abgelehnt: fehlendes Recht, geschütztes Konto oder seine Konfiguration.
code-0029-remedy = Der Fall nennt den genauen Grund; dem Konto des Agenten das fehlende Recht geben oder geschützte Konten im Verzeichnis zurücksetzen.
code-0030-title = Wir erreichen Ihr Verzeichnis gerade nicht
code-0030-happened = Die Verbindung zum Verzeichnis von { $organization } ist unterbrochen. Ihr altes Kennwort gilt weiter.
code-0030-act = Versuchen Sie es in ein paar Minuten wieder. Bleibt es so, sagen Sie dem Helpdesk Bescheid.
code-0030-who = Der Helpdesk kann nach der Verbindung sehen und Ihnen inzwischen helfen.
code-0030-technical = Für das Verzeichnis dieses Kontos ist kein Agent verbunden, oder das Verzeichnis hat nicht geantwortet.
code-0030-remedy = Den Agenten starten oder anmelden, seine Verbindung prüfen, dann den Zustand des Verzeichnisses selbst.
code-0101-title = Zum Schutz des Kontos machen wir eine Pause
code-0101-happened = In kurzer Zeit gab es zu viele Versuche. Ihr Kennwort ist unverändert, und das Anmelden ist nicht betroffen.
code-0101-act = Warten Sie bis zur angezeigten Zeit oder nehmen Sie eine andere Prüfung, falls eine angeboten wird.
code-0101-who = Der Helpdesk kann Ihnen früher helfen.
code-0101-technical = Für dieses Konto oder diesen Anschluss gilt eine Sperre nach zu vielen Versuchen.
code-0101-remedy = Die Sperren des Kontos ansehen; eine aufheben, wenn geklärt ist, wer fragt.
code-0102-title = Die Zeit für dieses Zurücksetzen ist um
code-0102-happened = Das Zurücksetzen bleibt 15 Minuten offen. Ihr Kennwort ist unverändert.
code-0102-act = Beginnen Sie neu. Es dauert etwa zwei Minuten.
code-0102-who = Reicht Ihnen die Zeit nicht, hilft der Helpdesk.
code-0102-technical = Der Vorgang hat seine Frist überschritten oder wurde beendet.
code-0102-remedy = Nichts zu tun. Läuft vielen die Zeit ab, die Laufzeiten der Codes ansehen.
code-0103-title = Wir konnten Sie nicht erreichen
code-0103-happened = Unsere Nachricht oder unser Anruf kam bei der hinterlegten Kontaktangabe nicht an.
code-0103-act = Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.
code-0103-who = Der Helpdesk kann sehen, woran es bei der Nachricht lag.
code-0103-technical = Gateway oder Mailserver haben die Nachricht abgelehnt, oder die Kontaktangabe ist unbrauchbar.
code-0103-remedy = Der Fall zeigt die Antwort der Zustellung; die Kontaktangabe oder das Gateway berichtigen.
code-0104-title = Dieses Kennwort ist zu leicht zu erraten
code-0104-happened = Das neue Kennwort ähnelt einem, das Angreifer zuerst versuchen. Nichts wurde gespeichert.
code-0104-act = Wählen Sie ein anderes: drei oder vier Wörter ohne Zusammenhang eignen sich gut.
code-0104-who = Das können Sie selbst ändern. Der Helpdesk kann die Regeln erklären.
code-0104-technical = Der Kennwortschutz hat abgelehnt: ein Begriff der Liste, ein Name oder zu wenige Punkte.
code-0104-remedy = Nichts zu tun. Die eigenen Begriffe der Organisation stehen in der Richtlinie.
code-0105-title = Die Regeln Ihres Verzeichnisses lassen dieses Kennwort nicht zu
code-0105-happened = Das Verzeichnis hat eigene Regeln, und das neue Kennwort verletzt eine. Nichts wurde gespeichert.
code-0105-act = Wählen Sie ein anderes, das die auf der Seite genannte Regel einhält.
code-0105-who = Das können Sie selbst ändern. Der Helpdesk kann die Regeln erklären.
code-0105-technical = Das Verzeichnis hat nach seinen Kennwortregeln abgelehnt: Länge, Zeichenarten, Verlauf, Mindestalter oder ein Filter.
code-0105-remedy = Nichts zu tun, außer die gezeigte Regel weicht von der des Verzeichnisses ab.
code-0106-title = Diese Art von Konto wird hier nicht zurückgesetzt
code-0106-happened = Das Kennwort dieses Kontos liegt woanders, etwa bei der Organisation, von der Sie kommen.
code-0106-act = Setzen Sie es dort zurück, wo Sie das Konto bekommen haben.
code-0106-who = Der Helpdesk Ihrer eigenen Organisation kann helfen.
code-0106-technical = Diese Art von Konto wird nicht bedient: ein Gast, ein Dienstkonto oder eines, das sich woanders anmeldet.
code-0106-remedy = Die Person an die Stelle verweisen, bei der das Kennwort liegt, oder die Art des Kontos ändern.
code-0107-title = Jene Seite ist veraltet
code-0107-happened = Sie haben in einem anderen Fenster weitergemacht, oder ein Knopf wurde zweimal gedrückt. Nichts geschah doppelt.
code-0107-act = Machen Sie auf der aktuellen Seite weiter.
code-0107-who = Das können Sie selbst lösen. Bleibt es so, hilft der Helpdesk.
code-0107-technical = Die Anfrage trug einen Schritt, der vorbei ist, oder einen Zug, den der Vorgang jetzt nicht erlaubt.
code-0107-remedy = Nichts zu tun. Häuft es sich bei einem Konto, lohnt ein Blick in den Fall.
code-0900-title = Bei uns ist etwas kaputtgegangen
code-0900-happened = Es liegt nicht an Ihnen. Nichts ist halb erledigt, und Sie können es gefahrlos noch einmal versuchen.
code-0900-act = Versuchen Sie es in ein paar Minuten wieder.
code-0900-who = Der Helpdesk kann es mit dem Supportcode verfolgen.
code-0900-technical = Ein Fehler des Dienstes; das Protokoll führt ihn unter dem Supportcode.
code-0900-remedy = Das Protokoll nach dem Supportcode durchsuchen und den Zustand des Dienstes prüfen.
refused-register = Hinterlegen oder prüfen Sie Ihre Methoden unter { $link }, sobald Sie angemeldet sind.
refused-write = An die Administration schreiben
refused-other = Anderes Konto nehmen
refused-retry = Noch einmal versuchen

## Nachrichten: Code per Mail, SMS, Anruf
mail-code-subject = Ihr Code von { $organization }
mail-code-intro = Jemand, hoffentlich Sie, setzt das Kennwort eines Kontos von { $organization } zurück und braucht diesen Code:
mail-code-mark = Auf der Seite stehen auch die Buchstaben { $mark }. Stehen dort andere, suchen Sie die neuere Nachricht.
mail-code-until = Der Code gilt bis { $until }.
mail-code-never = Niemand von { $organization } wird Sie je danach fragen. Geben Sie ihn nur auf der Seite ein, auf der Sie begonnen haben.
mail-code-not-you = Haben Sie nicht danach gefragt, tun Sie nichts: ohne den Code kommt niemand hinein.
mail-support-code = Supportcode: { $code }
sms-code = { $organization }: Ihr Code { $mark } ist { $code }. Er gilt bis { $until }. Sagen Sie ihn niemandem.
voice-code = Guten Tag, hier ist { $organization }. Sie haben einen Code mit den Buchstaben { $mark } angefordert. Ihr Code ist: { $digits }. Noch einmal, Ihr Code ist: { $digits }. Sagen Sie ihn niemandem. Auf Wiederhören.

## Nachrichten: Benachrichtigungen
mail-greeting = Guten Tag,
mail-reset-subject = Ihr Kennwort bei { $organization } wurde zurückgesetzt
mail-reset-intro = Das Kennwort von { $user } wurde zurückgesetzt: { $time }.
mail-unlock-subject = Ihr Konto bei { $organization } wurde entsperrt
mail-unlock-intro = Das Konto { $user } wurde entsperrt: { $time }.
mail-reset-you = Waren Sie das, ist alles gut. Sie müssen nichts tun.
mail-reset-not-you = Waren Sie das nicht, sagen Sie sofort dem Helpdesk Bescheid und nennen Sie den Supportcode. Vielleicht ist jemand in Ihrem Konto.
mail-helpdesk = Helpdesk: { $helpdesk }
mail-no-links = In dieser Nachricht steht mit Absicht nichts zum Anklicken.
mail-admin-subject = Das Kennwort eines Administrators von { $organization } wurde zurückgesetzt
mail-admin-intro = Der Administrator { $user } hat das eigene Kennwort zurückgesetzt: { $time }.
mail-admin-act = Kommt das unerwartet, fragen Sie auf einem Weg nach, den Sie kennen. Um jemanden aufzuhalten, deaktivieren Sie das Konto und sehen Sie den Fall unter seinem Supportcode an.
mail-admin-why = Sie bekommen diese Nachricht, weil Sie globaler Administrator von { $organization } sind.
mail-contact-subject = { $user } bittet um Hilfe beim Anmelden
mail-contact-intro = { $user } konnte das Kennwort nicht zurücksetzen und bittet um Ihre Hilfe.
mail-contact-reason = Angezeigter Code: { $code }
mail-contact-no-reason = Es wurde kein Code angezeigt. Der Fall zeigt, wie weit die Person kam.
mail-contact-page = Seite: { $page }
mail-contact-time = Uhrzeit: { $time }
mail-contact-act = Klären Sie zuerst auf einem Weg, den Sie kennen, wer fragt. Suchen Sie dann nach dem Supportcode: er nennt die Ursache und die Abhilfe.
mail-contact-why = Sie bekommen diese Nachricht, weil Sie Administrator von { $organization } sind.
mail-block-subject = Das Zurücksetzen Ihres Kontos bei { $organization } pausiert
mail-block-intro-phone = Für { $user } gab es zu viele Versuche mit Prüfungen per Telefon. Sie pausieren bis { $until }.
mail-block-intro-email = Für { $user } gab es zu viele Versuche mit Prüfungen per E-Mail. Sie pausieren bis { $until }.
mail-block-intro-app = Für { $user } gab es zu viele Versuche mit der Authenticator-App. Sie pausiert bis { $until }.
mail-block-intro-questions = Für { $user } gab es zu viele Versuche mit Sicherheitsfragen. Sie pausieren bis { $until }.
mail-block-intro-account = Für { $user } gab es zu viele Versuche, das Kennwort zurückzusetzen. Das Zurücksetzen pausiert bis { $until }.
mail-block-fine = Ihr Kennwort ist unverändert, und das Anmelden damit ist nicht betroffen.
mail-block-not-you = Waren Sie das nicht, sagen Sie dem Helpdesk Bescheid. Er sieht, woher die Versuche kamen.
mail-why-subject = Warum Ihr Kennwort bei { $organization } nicht zurückgesetzt werden konnte
mail-why-intro = Jemand wollte das Kennwort von { $user } zurücksetzen: { $time }. Es ging nicht; hier steht, warum.
mail-why-code = Code: { $code }
mail-why-not-you = Waren Sie das nicht, müssen Sie nichts tun.

# The security questions, by number
topic-01 = In welcher Stadt haben Sie den Menschen kennengelernt, mit dem Sie verheiratet sind oder zusammenleben?
topic-02 = In welcher Stadt haben sich Ihre Eltern kennengelernt?
topic-03 = In welcher Stadt wohnt das Geschwisterkind, das Ihnen am nächsten wohnt?
topic-04 = In welcher Stadt wurde Ihr Vater geboren?
topic-05 = In welcher Stadt war Ihre erste Arbeitsstelle?
topic-06 = In welcher Stadt wurde Ihre Mutter geboren?
topic-07 = In welcher Stadt waren Sie an Silvester 1999?
topic-08 = Wie hieß Ihre Lieblingslehrkraft an der weiterführenden Schule mit Nachnamen?
topic-09 = An welcher Hochschule haben Sie sich beworben, ohne dort zu studieren?
topic-10 = Wo haben Sie Ihre erste Hochzeit gefeiert?
topic-11 = Wie lautet der zweite Vorname Ihres Vaters?
topic-12 = Was essen Sie am liebsten?
topic-13 = Wie heißt die Mutter Ihrer Mutter mit vollem Namen?
topic-14 = Wie lautet der zweite Vorname Ihrer Mutter?
topic-15 = In welchem Monat und Jahr wurde Ihr ältestes Geschwisterkind geboren?
topic-16 = Wie lautet der zweite Vorname Ihres ältesten Geschwisterkinds?
topic-17 = Wie heißt der Vater Ihres Vaters mit vollem Namen?
topic-18 = Wie lautet der zweite Vorname Ihres jüngsten Geschwisterkinds?
topic-19 = Auf welche Schule gingen Sie in der sechsten Klasse?
topic-20 = Wie hieß Ihre beste Freundin oder Ihr bester Freund in der Kindheit mit vollem Namen?
topic-21 = Wie hieß Ihre erste Freundin oder Ihr erster Freund mit vollem Namen?
topic-22 = Wie hieß Ihre Lieblingslehrkraft in der Grundschule mit Nachnamen?
topic-23 = Welche Marke und welches Modell war Ihr erstes Auto oder Motorrad?
topic-24 = Wie hieß Ihre erste Schule?
topic-25 = In welchem Krankenhaus wurden Sie geboren?
topic-26 = In welcher Straße war Ihr erstes Zuhause als Kind?
topic-27 = Wer war als Kind Ihr Vorbild?
topic-28 = Wie hieß Ihr liebstes Stofftier?
topic-29 = Wie hieß Ihr erstes Haustier?
topic-30 = Wie wurden Sie als Kind genannt?
topic-31 = Welchen Sport mochten Sie an der weiterführenden Schule am liebsten?
topic-32 = Was war Ihre erste Arbeit?
topic-33 = Wie lauteten die letzten 4 Ziffern Ihrer Telefonnummer als Kind?
topic-34 = Was wollten Sie als Kind werden?
topic-35 = Wer ist der berühmteste Mensch, dem Sie begegnet sind?
topic-unknown = Ihre eigene Frage Nummer { $number }
