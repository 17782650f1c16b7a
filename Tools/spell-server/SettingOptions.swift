import ArgumentParser
import TableServer

extension Option where Value == String? {
    /// An option for a setting, with its name and help.
    init(_ setting: Setting) {
        self.init(name: .customLong(setting.name), help: setting.argumentHelp)
    }
}

extension Option where Value == [String] {
    /// An option that may be given several times.
    init(wrappedValue: [String], _ setting: Setting) {
        self.init(wrappedValue: wrappedValue, name: .customLong(setting.name), help: setting.argumentHelp)
    }
}

extension Flag where Value == Bool? {
    /// A flag for a setting that is yes or no, with its opposite.
    init(_ setting: Setting) {
        self.init(name: .customLong(setting.name), inversion: .prefixedNo, help: setting.argumentHelp)
    }
}

extension Setting {
    fileprivate var argumentHelp: ArgumentHelp { ArgumentHelp("\(help)", valueName: placeholder) }
}
