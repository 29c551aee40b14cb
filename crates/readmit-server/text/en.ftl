# English. Voice: a good colleague at the desk. Each message is whole; nothing is glued from parts.

## Frame
skip = Skip to the main part
account-help = Account help
language = Language:
page-title = { $title } – { $organization }
page-title-error = Error: { $title } – { $organization }
steps-label = Steps
step-account = Your account
step-check = Check
step-password = New password
step-done = (done)
account-label = Account:
not-you = Not you?
error-word = Error:
support-code = Support code
block-summary = What to send when you ask for help
block-copy = Copy these lines
block-copied = Copied
block-code = Support code: { $code }
block-page = Page: { $page }
block-date = Date: { $date }
block-time = Time: { $time } ({ $zone }), { $utc }
block-user = User ID: { $user }
block-sspr = Code: { $sspr }
technical-line = Technical line for the administrator
link-start = Start again
link-contact = Contact your administrator
link-helpdesk = Contact the help desk
link-help = Help, and who to ask
link-sign-in = Sign in
link-back = Back to where you were
what-now = What to do now
give-code = Give them the support code below. It shows them the reason, so you do not have to explain it.

## Dates and times
date = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
  } { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
  } { $year }
time-here = { $clock } ({ $zone }, UTC{ $offset })
time-tomorrow = { $clock } tomorrow ({ $zone }, UTC{ $offset })
time-on-date = { $clock } on { $date } ({ $zone }, UTC{ $offset })
time-short = { $clock } ({ $zone })

## Masked contacts
mask-phone = number ending in { $ending }
mask-email = address beginning with { $first }, at a domain beginning with { $domain }
mask-other = hidden contact

## Page names, as they stand in the lines to send
page-who = Reset: your account
page-waiting = Reset: a short wait
page-trouble = Reset: what is the trouble
page-locked = Reset: locked account
page-choose = Reset: choose a check
page-phone = Reset: complete the phone number
page-challenge = Reset: enter the code
page-questions = Reset: security questions
page-password = Reset: new password
page-writing = Reset: saving the password
page-unconfirmed = Reset: not confirmed
page-done = Reset: done
page-refused = Reset: not possible
page-could-not-verify = Reset: account not verified
page-throttled = Reset: paused
page-lapsed = Reset: time is over
page-cancelled = Reset: stopped
page-contact = Reset: contact your administrator
page-stale = Reset: page out of date
page-error = Error page
page-help = Help
page-outbox = Demo: messages

## Who are you
who-title = Get back into your account
who-lead = It takes about two minutes. Keep your phone or your private mailbox at hand.
who-label = User ID
who-hint = The name you sign in with, often your work e-mail address
who-hint-example = The name you sign in with, such as { $example }
who-continue = Continue
who-change = I know my password and want to change it
who-error-empty = Type your user ID. It is the name you sign in with, often your work e-mail address.
who-error-shape = A user ID looks like { $example }. Look for a missing part, a space or an extra sign.
who-error-long = This is longer than any user ID can be. Type only the name you sign in with.
who-error-human = We could not see yet that a person is asking. Press Continue once more.
who-busy = One moment

## Wait without script
waiting-title = A short wait of { $seconds } seconds
waiting-lead = Your browser runs no script here, so we wait a moment instead. It keeps programs from asking for many accounts at once.
waiting-act = Count to { $seconds }, then continue. What you typed is kept.
waiting-continue = Continue

## Trouble kind, locked account
trouble-title = What keeps you out?
trouble-lead = Choose what fits best. You can come back and choose the other.
trouble-forgot = I do not know my password
trouble-forgot-small = We check that it is you, then you set a new one
trouble-locked = I know my password, but the account is locked
trouble-locked-small = We look at what can be unlocked
locked-title = There is nothing to unlock here
locked-lead = This account never gets locked for long: after some wrong passwords it only waits a few minutes. Your password is still the same.
locked-wait = Wait 15 minutes, then sign in with the password you know. Check that Caps Lock is off.
locked-reset = If it still does not work, set a new password. That also ends the wait.
locked-button = Set a new password

## Choose a check
gate = { $number ->
    [1] First check of two
   *[2] Second check of two
  }
choose-title = How can we check that it is you?
choose-title-second = How can we check a second time?
choose-lead = Choose what you have with you right now.
choose-lead-second = One check is done. Choose another kind for the second one.
choose-none = I have none of these with me
choose-cancel = Stop and keep the password as it is
choose-note-burnt = After 3 wrong tries that code no longer counts. Choose again; you get a new one.
choose-note-expired = The time of that code is over. Choose again; you get a new one.
choose-note-paused = To protect the account, { $family } pause until { $until }. These ways still work.
choose-note-not-offered = This way is not offered now. Choose another.
method-app-title = Authenticator app
method-app-small = Shows a code, even without signal
method-sms-title = Text message
method-sms-small = We send a code to { $mask }
method-voice-mobile-title = Phone call
method-voice-mobile-small = We call { $mask } and read a code aloud
method-voice-office-title = Call to the office phone
method-voice-office-small = We call { $mask } and read a code aloud
method-email-title = Private e-mail
method-email-small = We send a code to { $mask }
method-questions-title = Security questions
method-questions-small = Answer the questions you chose yourself

## Phone number to complete
phone-title = Which number is it?
phone-lead = We know a number that ends like this: { $mask }. Type it in full, so that we see it is yours.
phone-label = Your phone number in full
phone-hint = With country code, such as { $example }
phone-send-text = Send the text message
phone-send-call = Call me
phone-error-empty = Type the whole number with country code, such as { $example }.
phone-error-shape = Start with + and the country code, then the number with its area code, such as { $example }. No letters and no (0).
phone-error-mismatch = This is not the number we have on file. Type it in full, with country code and area code. It counts as one try.

## Enter the code
challenge-title-sms = Enter the code from your phone
challenge-title-voice = Enter the code from the call
challenge-title-email = Enter the code from your e-mail
challenge-title-app = Enter the code from your app
challenge-lead-sms = We sent a text message to { $mask }.
challenge-lead-voice = We are calling { $mask } and read the code aloud twice.
challenge-lead-email = We sent it to your private mailbox { $mask }.
challenge-lead-app = Open your authenticator app and look for { $organization }.
challenge-label = { $digits }-digit code
challenge-hint = It works until { $until }. You can paste it.
challenge-hint-app = The app shows a new one every 30 seconds. You can paste it.
challenge-mark = The message carries the letters { $mark }, so you know that it belongs to this page.
challenge-tries = { $tries ->
    [one] You have 1 try left for this code.
   *[other] You have { $tries } tries left for this code.
  }
challenge-continue = Continue
challenge-error-empty = Type the { $digits } digits of the code.
challenge-error-shape = The code has { $digits } digits and nothing else. Spaces are fine.
challenge-error-wrong = { $tries ->
    [one] This is not the code we sent. Look for the newest message and type its digits. You have 1 try left.
   *[other] This is not the code we sent. Look for the newest message and type its digits. You have { $tries } tries left.
  }
challenge-error-wrong-app = { $tries ->
    [one] This is not the code the app shows for this account. Wait for the next one, and check that the phone’s clock is right. You have 1 try left.
   *[other] This is not the code the app shows for this account. Wait for the next one, and check that the phone’s clock is right. You have { $tries } tries left.
  }
challenge-error-used = This code was used already. Wait until the app shows the next one.
challenge-error-expired = The time of this code is over. Send a new one.
challenge-late-title = No code yet?
challenge-late-soon = Most codes arrive within 10 seconds.
challenge-late-now = You can have a new code now.
challenge-sending = The message is on its way.
challenge-accepted = The mail server has accepted the message.
challenge-accepted-sms = The phone network has accepted the message.
challenge-accepted-voice = The phone network has accepted the call.
challenge-failed = The message could not leave our side. Try again, or check another way.
challenge-advice-sender = Look for a message from { $sender } with the subject “{ $subject }”.
challenge-advice-junk = Look in the junk folder too.
challenge-advice-mailbox = Is this still your mailbox? If not, check another way.
challenge-advice-signal = Is the phone on, and has it signal?
challenge-advice-number = Is { $mask } still your number? If not, check another way.
challenge-advice-call = The call may come from a number you do not know. Take it, and have something to write at hand.
challenge-advice-app = No app at hand, or a new phone? Check another way.
challenge-again = Send a new code
challenge-again-call = Call again
challenge-another = Check another way
challenge-new-kills = A new code replaces the one before.
challenge-resent = A new code is on its way. The one before no longer counts.
challenge-wait = A new code can be sent in a few seconds. Nothing was counted.
challenge-limit = We have sent as many codes there as we may for now. The next can be sent from { $until } on. Check another way until then.

## Security questions
questions-title = Answer your security questions
questions-lead = Write the answers as you did when you set them up. Capitals and extra spaces do not matter.
questions-error-title = Look at your answers once more
questions-error-wrong = { $tries ->
    [one] At least one answer differs from the one on file. For your protection we do not say which. You have 1 try left.
   *[other] At least one answer differs from the one on file. For your protection we do not say which. You have { $tries } tries left.
  }
questions-error-empty = Write an answer to each question.
questions-tries = { $tries ->
    [one] You have 1 try left.
   *[other] You have { $tries } tries left.
  }
questions-continue = Continue

## New password
password-title = Choose a new password
password-lead = Three or four unrelated words are easy to remember and hard to guess.
password-label = New password
password-show = Show
password-hide = Hide
password-show-label = Show password
password-hide-label = Hide password
password-again = The same password again
password-save = Save new password
password-saving = Saving your password
password-keep = Stop and keep the password as it is
password-rules = Rules for your account
password-set-by = Set by { $owner }.
password-met-count = { $met } of { $all } met so far.
password-met = Met:
password-not-met = Not met:
password-later = We check these when you save:
password-problems = { $count ->
    [one] One thing to change
   *[other] { $count } things to change
  }
password-user-label = User ID
rule-min-length = At least { $n } characters
rule-max-length = At most { $n } characters
rule-classes = { $n } of these four: small letter, capital, digit, other sign
rule-no-name = Without your name, your user ID or { $organization }
rule-not-last = { $n ->
    [one] Not the password you have now
   *[other] Not one of your last { $n } passwords
  }
rule-not-common = Not a common or leaked password
rule-plain-signs = Only signs that can be typed, nothing invisible
rule-history-unenforced = An old password: your directory does not check that on a reset. Choose a new one all the same
problem-empty = Type a new password.
problem-too-short = The rules want { $want } characters; yours has { $have }.
problem-too-long = The rules allow { $want } characters; yours has { $have }.
problem-classes = The rules want { $want } kinds of signs (small letter, capital, digit, other sign); yours has { $have }.
problem-signs = There is an invisible sign in it, perhaps from copying. Type it by hand.
problem-common = This password is close to a word that attackers try first. Choose another; nothing has happened to your account.
problem-breached = This password is on a list that attackers try first. Choose another; nothing has happened to your account.
problem-organization-term = Your organization does not allow a word in it: “{ $found }”. Leave it out.
problem-name = It holds a name that others know: “{ $found }”. Leave it out.
problem-weak = Too much of it is easy to guess. Add one or two words that have nothing to do with each other.
problem-same = This is the password you have had. Choose one you have not used here.
problem-directory-length = Your directory finds it too short. Add another word.
problem-directory-complexity = Your directory wants more kinds of signs: small letters, capitals, digits, others.
problem-directory-history = Your directory knows this password from before. Choose one you have not used here.
problem-directory-age = Your directory lets a password change only after some time, and the last change was too recent. Try later, or ask the person below.
problem-directory-filter = A filter of your directory refused it. Choose one that holds no common words.
problem-directory-other = Your directory refused it. Choose a longer one with several kinds of signs.
problem-confirm = The two are not the same. Type the new password into both fields.

## Writing, unconfirmed, done
writing-title = We are saving your new password
writing-lead = Your directory has up to 25 seconds to answer. You can leave this page open, nothing is lost.
writing-look = Look again
unconfirmed-title = We could not confirm whether your new password is in force
unconfirmed-lead = Your directory took the order and has not answered. We look again within a minute and write to you.
unconfirmed-try = Try to sign in with the new password first, then with the old one. One of the two works.
unconfirmed-wait = Do not start another reset yet. It could cross with this one.
unconfirmed-look = Look again
unconfirmed-mail = We write to { $mask }
done-reset-title = Your new password works
done-unlock-title = Your account is unlocked
done-saved = We saved it at { $time } and made sure that it is in force.
done-saved-in = We saved it in { $directory } at { $time } and made sure that it is in force.
done-unlock-lead = We unlocked it at { $time }. Your password is the same as before.
done-also-unlocked = Your account is unlocked.
done-next-title = Before you go back to work
done-next-phone-title = Phone and tablet.
done-next-phone = Enter the new password where mail and calendar ask for it. An old saved password can lock the account again.
done-next-computer-title = Other computers.
done-next-computer = Sign out and in again with the new password, so that nothing tries the old one.
done-not-you = Was this not you?
done-notice = We sent a notice to { $mask }.
done-notice-more = { $count ->
    [one] We sent a notice to { $mask } and to 1 more address.
   *[other] We sent a notice to { $mask } and to { $count } more addresses.
  }
done-not-you-act = Tell the help desk at once and give them the support code below.

## No answer that helps: pages with a way on
could-not-verify-title = We could not verify this account
could-not-verify-lead = Look at the spelling first. What you typed stands above.
could-not-verify-shape = Your user ID is the name you sign in with, often your work e-mail address, with everything behind the @.
could-not-verify-again = Correct the user ID
throttled-title = To protect the account, we pause
throttled-lead-phone = Checks by phone pause until { $until }.
throttled-lead-email = Checks by e-mail pause until { $until }.
throttled-lead-app = Checks by authenticator app pause until { $until }.
throttled-lead-questions = Security questions pause until { $until }.
throttled-lead-account = Self-service reset of this account pauses until { $until }.
throttled-lead-source = There were too many tries from this connection. Try again from { $until } on.
throttled-why = There were too many tries. Your password is unchanged, and signing in with it is not affected.
throttled-others = Another check still works. Use that one now.
throttled-person = The help desk can let you in sooner.
family-phone = checks by phone
family-email = checks by e-mail
family-app = checks by authenticator app
family-questions = security questions
lapsed-title = The 15 minutes are over
lapsed-lead = To protect you, a reset stays open for 15 minutes. Your password is unchanged.
lapsed-act = Start again. It takes about two minutes, and only the codes are new.
cancelled-title = Stopped. Your password is unchanged
cancelled-lead = Nothing was saved. The codes we sent no longer count.
stale-title = This page is out of date
stale-lead = You went on in another window, or pressed a button twice. Nothing was lost, and nothing was done twice.
stale-act = Go to the current page
contact-title = Write to your administrator?
contact-lead = We send them a message that you need help to get in. It holds your user ID, the support code, the page you were on and the time.
contact-reply = They answer by the ways they know of you. They never ask for a password or a code.
contact-send = Send the message
contact-back = Go back without sending
contact-sent-title = Your administrators will look at it
contact-sent-lead = If we could tell the account, the message is on its way to them. Keep the support code at hand.
contact-already-title = Your message is with them already
contact-already-lead = One message an hour is enough: they have yours. Keep the support code at hand.

## Error pages
error-400-title = We could not read that
error-400-lead = Something in the form arrived incomplete or altered. Nothing was changed.
error-400-act = Go back and send it again. If it stays, start again.
error-403-title = This came from another page
error-403-lead = For your protection we take forms only from our own pages. Nothing was changed.
error-403-act = Open this page by its address and try again there.
error-404-title = There is no such page here
error-404-lead = The address is not right, or the reset was begun in another browser.
error-404-act = Go on in the browser you began with, or start again here.
error-405-title = This address works another way
error-405-lead = The page was asked for in a way it does not answer. Nothing was changed.
error-405-act = Start again from the first page.
error-413-title = That was too much
error-413-lead = What was sent is larger than any form of ours. Nothing was changed.
error-413-act = Go back and shorten it.
error-421-title = This is not the address of this service
error-421-lead = The name in your address bar is not one that we answer to. Nothing was changed.
error-421-act = Use the address that your organization gave you.
error-429-title = Too many at once
error-429-lead = Many questions came from this connection in a short time. Nothing was changed.
error-429-act = Wait a minute and try again.
error-500-title = Something broke on our side
error-500-lead = It is not your doing. Nothing is half done, and it is safe to try again.
error-500-act = Try again. If it happens twice, give the support code to the help desk.
error-503-title = We cannot do this right now
error-503-lead = A part of the service does not answer. Nothing is half done, and it is safe to try again.
error-503-act = Try again in a minute. If it stays, give the support code to the help desk.

## Help
help-title = Help with the codes
help-lead = Each “no” has a code. Here is what each means and who can help.
help-code-list = All codes
help-happened = What happened
help-do = What to do
help-who = Who can help
help-admin = For administrators
help-all = All codes
help-title-code = { $code }: { $title }

## Demo outbox
outbox-title = Messages of the demo
outbox-lead = Nothing leaves this computer. What would have been sent stands here, newest first.
outbox-empty = Nothing was sent yet
outbox-empty-act = Start a reset; its codes appear here.
outbox-reload = Look again
outbox-start = Open the reset page
outbox-mail = E-mail
outbox-sms = Text message
outbox-voice = Phone call
outbox-subject = Subject
outbox-sent = Sent
outbox-person = Everything here is made up. To ask about Readmit, see its documentation

## Codes
code-0009-title = Self-service reset is switched off here
code-0009-happened = { $organization } has switched self-service reset off for this account. You did nothing wrong, and the account itself is fine.
code-0009-act = Ask the help desk to reset your password.
code-0009-who = An administrator can switch it on; the help desk can let you in today.
code-0009-technical = Reset is off for this organization (scope “nobody”), or administrators may not use it.
code-0009-remedy = Set the scope to selected groups or everyone. For administrators allow self-service reset in the administrator policy.
code-0010-title = One part of the reset is not switched on
code-0010-happened = Your password is kept in a directory inside { $organization }, and writing it there is not switched on.
code-0010-act = Ask the help desk to reset your password.
code-0010-who = An administrator can switch password writeback on; the help desk can let you in today.
code-0010-technical = The account’s password is mastered on-premises and password writeback is not enabled.
code-0010-remedy = Enable writeback in the policy and connect an agent for the directory of this account.
code-0011-title = Self-service reset is not set up here yet
code-0011-happened = { $organization } has not said yet how people may reset their passwords. Your account itself is fine.
code-0011-act = Ask the help desk to reset your password.
code-0011-who = An administrator can set it up; the help desk can let you in today.
code-0011-technical = No reset policy is defined for this organization.
code-0011-remedy = Define a policy; a preset is the shortest way.
code-0012-title = Your account lacks a licence for this
code-0012-happened = Self-service reset needs a licence, and { $organization } has not given your account one. You did nothing wrong.
code-0012-act = Ask the help desk to reset your password.
code-0012-who = An administrator can assign the licence; the help desk can let you in today.
code-0012-technical = Licences are enforced and the account has none with the service for self-service reset.
code-0012-remedy = Assign a plan that includes it, directly or through a group the account is a direct member of.
code-0013-title = This account cannot use self-service reset yet
code-0013-happened = You did nothing wrong. { $organization } opens self-service reset group by group, and this account is not in one of those groups. Your account itself is fine.
code-0013-act = Ask the help desk to reset your password.
code-0013-who = An administrator can add you to a group; the help desk can let you in today.
code-0013-technical = The account is outside every group for which self-service reset is switched on, or inside an excluded one.
code-0013-remedy = Add the account to an included group, take it out of the excluded one, or widen the scope.
code-0014-title = We have too little on file to check that it is you
code-0014-happened = To reset a password we check you by methods that you set up before. This account has too few that work.
code-0014-act = Ask the help desk to let you in today. Afterwards add another method to your security info, so that it works next time.
code-0014-who = The help desk can let you in, or add a method for you.
code-0014-technical = The account has fewer usable methods than the policy asks for: missing, malformed, not allowed, or of one kind only.
code-0014-remedy = Let the person register, or add a method for them. The troubleshooter names the datum that is missing or malformed.
code-0029-title = Your directory did not take the new password
code-0029-happened = The directory of { $organization } refused to change this account. Your old password still holds.
code-0029-act = Ask the help desk to reset your password, and give them the support code.
code-0029-who = An administrator of the directory has to look at it.
code-0029-technical = The directory refused the write for a reason other than its password policy: missing right, protected account, or its configuration.
code-0029-remedy = See the case for the exact reason; grant the agent’s account the right it lacks, or reset protected accounts in the directory.
code-0030-title = We cannot reach your directory right now
code-0030-happened = The connection to the directory of { $organization } is down. Your old password still holds.
code-0030-act = Try again in a few minutes. If it stays like this, tell the help desk.
code-0030-who = The help desk can look at the connection and let you in meanwhile.
code-0030-technical = No agent is connected for the directory of this account, or the directory did not answer.
code-0030-remedy = Start or enrol the agent, check its connection, then look at the directory’s own health.
code-0101-title = To protect the account, we pause
code-0101-happened = There were too many tries in a short time. Your password is unchanged, and signing in is not affected.
code-0101-act = Wait until the time shown, or use another check if one is offered.
code-0101-who = The help desk can let you in sooner.
code-0101-technical = A throttle of this account or of this connection is in force.
code-0101-remedy = Look at the account’s blocks; lift one after you have checked who is asking.
code-0102-title = The time for this reset is over
code-0102-happened = A reset stays open for 15 minutes. Your password is unchanged.
code-0102-act = Start again. It takes about two minutes.
code-0102-who = If you lack the time, the help desk can let you in.
code-0102-technical = The journey passed its deadline or was closed.
code-0102-remedy = Nothing to mend. If people often run out of time, look at the delivery times of codes.
code-0103-title = We could not reach your contact
code-0103-happened = Our message or call did not get through to the contact on file.
code-0103-act = Try again, or check another way.
code-0103-who = The help desk can see what went wrong with the message.
code-0103-technical = The gateway or mail server refused the message, or the contact cannot be used.
code-0103-remedy = The case shows the delivery’s answer; correct the contact or the gateway.
code-0104-title = This password is too easy to guess
code-0104-happened = The new password is close to one that attackers try first. Nothing was saved.
code-0104-act = Choose another: three or four unrelated words work well.
code-0104-who = You can mend this yourself. The help desk can explain the rules.
code-0104-technical = The password-protection check refused the password: listed term, name, or too low a score.
code-0104-remedy = Nothing to mend. The list of the organization’s own terms is part of the policy.
code-0105-title = Your directory’s rules refused this password
code-0105-happened = The directory has rules of its own, and the new password breaks one. Nothing was saved.
code-0105-act = Choose another that keeps the rule named on the page.
code-0105-who = You can mend this yourself. The help desk can explain the rules.
code-0105-technical = The directory refused the password by its policy: length, complexity, history, minimum age or a filter.
code-0105-remedy = Nothing to mend, unless the rule shown to people differs from the directory’s own.
code-0106-title = This kind of account is not reset here
code-0106-happened = The password of this account is kept elsewhere, for example by the organization you come from.
code-0106-act = Reset it where you first got the account.
code-0106-who = The help desk of your own organization can help.
code-0106-technical = The account’s type is not served: a guest, a service account, or one that signs in elsewhere.
code-0106-remedy = Point the person to the place that keeps the password, or change the account’s type.
code-0107-title = That page is out of date
code-0107-happened = You went on in another window, or a button was pressed twice. Nothing was done twice.
code-0107-act = Go on from the current page.
code-0107-who = You can mend this yourself. The help desk can help if it stays.
code-0107-technical = The request carried a step that is over, or a move the journey does not allow now.
code-0107-remedy = Nothing to mend. Many of these for one account deserve a look at the case.
code-0900-title = Something broke on our side
code-0900-happened = It is not your doing. Nothing is half done, and it is safe to try again.
code-0900-act = Try again in a few minutes.
code-0900-who = The help desk can follow it by the support code.
code-0900-technical = A fault of the service; the log holds it under the support code.
code-0900-remedy = Search the log for the support code, and check the health of the service.
refused-register = Add or check your methods at { $link }, once you are in.
refused-write = Write to your administrator
refused-other = Use another account
refused-retry = Try again

## Messages: code by mail, text message, call
mail-code-subject = Your { $organization } code
mail-code-intro = Someone, we hope you, is resetting the password of a { $organization } account and needs this code:
mail-code-mark = The page shows the letters { $mark } too. If it shows others, look for the newer message.
mail-code-until = The code works until { $until }.
mail-code-never = Nobody of { $organization } will ever ask you for it. Type it only on the page where you began.
mail-code-not-you = If you did not ask for it, do nothing: without the code nobody gets in.
mail-support-code = Support code: { $code }
sms-code = { $organization }: your code { $mark } is { $code }. It works until { $until }. Never tell it to anybody.
voice-code = Hello, this is { $organization }. You asked for a code with the letters { $mark }. Your code is: { $digits }. Once more, your code is: { $digits }. Tell it to nobody. Goodbye.

## Messages: notices
mail-greeting = Hello,
mail-reset-subject = Your { $organization } password was reset
mail-reset-intro = The password of { $user } was reset at { $time }.
mail-unlock-subject = Your { $organization } account was unlocked
mail-unlock-intro = The account { $user } was unlocked at { $time }.
mail-reset-you = If that was you, all is well. Nothing to do.
mail-reset-not-you = If it was not you, tell the help desk at once and give them the support code. Somebody may be in your account.
mail-helpdesk = Help desk: { $helpdesk }
mail-no-links = This message holds no link to press, on purpose.
mail-admin-subject = An administrator’s password was reset at { $organization }
mail-admin-intro = The administrator { $user } reset their own password at { $time }.
mail-admin-act = If you did not expect it, ask them by a way you know. To stop somebody, disable the account and look up the case by its support code.
mail-admin-why = You receive this because you are a Global Administrator of { $organization }.
mail-contact-subject = { $user } asks for help to get in
mail-contact-intro = { $user } could not reset their password and asks for your help.
mail-contact-reason = Code shown: { $code }
mail-contact-no-reason = No code was shown. The case tells how far they came.
mail-contact-page = Page: { $page }
mail-contact-time = Time: { $time }
mail-contact-act = Check who is asking by a way you know before you do anything. Then look up the support code: it names the cause and the fix.
mail-contact-why = You receive this because you are an administrator of { $organization }.
mail-block-subject = Self-service reset of your { $organization } account pauses
mail-block-intro-phone = There were too many tries with checks by phone for { $user }. They pause until { $until }.
mail-block-intro-email = There were too many tries with checks by e-mail for { $user }. They pause until { $until }.
mail-block-intro-app = There were too many tries with the authenticator app for { $user }. It pauses until { $until }.
mail-block-intro-questions = There were too many tries with security questions for { $user }. They pause until { $until }.
mail-block-intro-account = There were too many tries to reset the password of { $user }. Self-service reset pauses until { $until }.
mail-block-fine = Your password is unchanged, and signing in with it is not affected.
mail-block-not-you = If it was not you, tell the help desk. They see where the tries came from.
mail-why-subject = Why your { $organization } password could not be reset
mail-why-intro = Somebody asked at { $time } to reset the password of { $user }. It was not possible; here is why.
mail-why-code = Code: { $code }
mail-why-not-you = If it was not you, there is nothing to do.

# The security questions, by number
topic-01 = In which city did you first meet the person you married or live with?
topic-02 = In which city did your parents meet?
topic-03 = In which city does the sister or brother who lives nearest to you live?
topic-04 = In which city was your father born?
topic-05 = In which city was your first job?
topic-06 = In which city was your mother born?
topic-07 = In which city were you on New Year’s Eve 1999?
topic-08 = What was the last name of your favorite teacher in secondary school?
topic-09 = Which university did you apply to but not attend?
topic-10 = Where did you celebrate your first wedding?
topic-11 = What is your father’s middle name?
topic-12 = What is your favorite food?
topic-13 = What is the full name of your mother’s mother?
topic-14 = What is your mother’s middle name?
topic-15 = In which month and year was your oldest sister or brother born?
topic-16 = What is the middle name of your oldest sister or brother?
topic-17 = What is the full name of your father’s father?
topic-18 = What is the middle name of your youngest sister or brother?
topic-19 = Which school did you go to in sixth grade?
topic-20 = What was the full name of your best friend in childhood?
topic-21 = What was the full name of your first girlfriend or boyfriend?
topic-22 = What was the last name of your favorite teacher in primary school?
topic-23 = What make and model was your first car or motorcycle?
topic-24 = What was the name of the first school you went to?
topic-25 = In which hospital were you born?
topic-26 = On which street was your first home as a child?
topic-27 = Who was your hero as a child?
topic-28 = What was the name of your favorite stuffed animal?
topic-29 = What was the name of your first pet?
topic-30 = What were you called as a child?
topic-31 = Which sport did you like most in secondary school?
topic-32 = What was your first job?
topic-33 = What were the last 4 digits of your phone number as a child?
topic-34 = What did you want to be when you grew up?
topic-35 = Who is the most famous person you have met?
topic-unknown = Your own question number { $number }
