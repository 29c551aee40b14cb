//! Whole journeys that end well.

use readmit_core::preset::Preset;

use crate::stage::OLD_PASSWORD;
use crate::stage::Stage;
use crate::visitor::Visitor;

pub(crate) const NEW_PASSWORD: &str = "seven quiet herons wade";

#[tokio::test]
async fn two_gates_by_mail_and_app_set_a_new_password() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, "robin@private.example").await;
    stage.registers_app(&robin).await;
    let mut visitor = Visitor::of(&stage);

    let begun = visitor.begins("Robin@Larkfield.example").await;
    assert_eq!((begun.status.as_u16(), begun.page().as_str()), (201, "choose"), "{}", begun.body);
    let chosen = visitor.chooses("email", None).await;
    assert_eq!((chosen.status.as_u16(), chosen.page().as_str()), (200, "challenge"), "{}", chosen.body);
    let code = stage.code_to("robin@private.example").await;
    let answered = visitor.answers(&code).await;
    assert_eq!((answered.status.as_u16(), answered.page().as_str()), (200, "choose"), "{}", answered.body);
    visitor.chooses("app_code", None).await;
    let answered = visitor.answers(&stage.app_code(0)).await;
    assert_eq!((answered.status.as_u16(), answered.page().as_str()), (200, "password"), "{}", answered.body);
    let set = visitor.sets(NEW_PASSWORD).await;
    assert_eq!((set.status.as_u16(), set.page().as_str()), (200, "done"), "{}", set.body);

    assert!(stage.accepts(&robin, NEW_PASSWORD).await);
    assert!(!stage.accepts(&robin, OLD_PASSWORD).await);
    assert_eq!(stage.writes(&robin).await, 2);
    let audit = stage.audit().await;
    assert_eq!(audit.iter().filter(|line| line.starts_with("Reset password (self-service) success")).count(), 1);
    let notice = stage.newest_to("robin@private.example").await;
    assert!(!notice.text.contains(NEW_PASSWORD));
}
